// onnx_conformance FOLDER...: runs the test cases of ONNX's backend suite (FOLDER/CASE/model.onnx
// and FOLDER/CASE/test_data_set_K/{input,output}_I.pb) through the reader and the reference
// evaluator. Prints one JSON object a case, {"case", "ops", "status": "passed|unsupported|failed",
// "reason"}; exits with 1 when any failed.
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "backends/reference/evaluator.hpp"
#include "base/file.hpp"
#include "onnx/reader.hpp"
#include "onnx/tensor_file.hpp"
#include "onnx/wire.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

// The backend test runner's default tolerance.
constexpr double kRelative = 1e-3, kAbsolute = 1e-7;

struct Verdict {
  std::string status = "passed";
  std::string reason;
};

struct Mismatch {
  std::string what;
};

void collect_ops(const wire::GraphProto& graph, std::set<std::string>& ops) {
  for (const auto& node : graph.node()) {
    const bool standard = node.domain().empty() || node.domain() == "ai.onnx";
    ops.insert(standard ? node.op_type() : node.domain() + "." + node.op_type());
    for (const auto& attribute : node.attribute()) {
      if (attribute.has_g()) collect_ops(attribute.g(), ops);
    }
  }
}

std::set<std::string> ops_of(const fs::path& model_file) {
  const auto file = WholeFile::read(model_file.string());
  wire::ModelProto model;
  std::set<std::string> ops;
  if (model.ParseFromArray(file->bytes().data(), static_cast<int>(file->bytes().size()))) {
    collect_ops(model.graph(), ops);
  }
  return ops;
}

std::vector<Tensor> read_tensors(const fs::path& folder, const std::string& prefix) {
  std::vector<Tensor> tensors;
  for (int i = 0;; ++i) {
    const fs::path path = folder / fmt::format("{}_{}.pb", prefix, i);
    if (!fs::exists(path)) return tensors;
    tensors.push_back(read_tensor_proto(WholeFile::read(path.string())->bytes(), path.string()));
  }
}

bool is_close(double found, double expected) {
  if (std::isnan(expected)) return std::isnan(found);
  if (std::isinf(expected) || std::isinf(found)) return found == expected;
  return std::fabs(found - expected) <= kAbsolute + kRelative * std::fabs(expected);
}

void compare(const Tensor& found, const Tensor& expected, std::size_t output) {
  if (found.dtype() != expected.dtype() || found.shape() != expected.shape()) {
    throw Mismatch{fmt::format("output {} is {}{}, expected {}{}", output, name_of(found.dtype()),
                               found.shape().to_string(), name_of(expected.dtype()),
                               expected.shape().to_string())};
  }
  dispatch(expected.dtype(), [&]<typename T>(TypeTag<T>) {
    for (std::size_t i = 0; i < expected.elements(); ++i) {
      const auto a = static_cast<Wide<T>>(found.as<T>()[i]);
      const auto b = static_cast<Wide<T>>(expected.as<T>()[i]);
      bool same = a == b;
      if constexpr (std::is_same_v<Wide<T>, double>) same = is_close(a, b);
      if (!same) {
        throw Mismatch{fmt::format("output {} element {} is {}, expected {}", output, i, a, b)};
      }
    }
  });
}

// The data of onnx 1.17 and 1.18 hold bfloat16 as its bits, in uint16.
void reinterpret_bfloat16(Tensor& tensor, DType declared) {
  if (declared != DType::bf16 || tensor.dtype() != DType::u16) return;
  const Tensor bits = tensor;
  tensor = Tensor(DType::bf16, bits.shape());
  std::copy_n(bits.as<std::uint16_t>(), bits.elements(), tensor.as<std::uint16_t>());
}

void run_data_set(const Graph& graph, const fs::path& folder) {
  std::vector<Tensor> inputs = read_tensors(folder, "input");
  std::vector<Tensor> expected = read_tensors(folder, "output");
  for (std::size_t i = 0; i < std::min(inputs.size(), graph.inputs.size()); ++i) {
    reinterpret_bfloat16(inputs[i], graph.values[graph.inputs[i]].dtype);
  }
  std::vector<ConstTensorView> views;
  for (const Tensor& input : std::as_const(inputs)) views.push_back(input.view());
  const std::vector<Tensor> found = evaluate(graph, views);
  if (found.size() != expected.size()) {
    throw Mismatch{fmt::format("{} outputs, expected {}", found.size(), expected.size())};
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    reinterpret_bfloat16(expected[i], found[i].dtype());
    compare(found[i], expected[i], i);
  }
}

Verdict run_case(const fs::path& folder) {
  try {
    const Graph graph = read_onnx((folder / "model.onnx").string());
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.is_directory()) run_data_set(graph, entry.path());
    }
    return {};
  } catch (const Mismatch& mismatch) {
    return {"failed", mismatch.what};
  } catch (const Error& error) {
    std::string reason = error.what();
    const std::string prefix = (folder / "model.onnx").string() + ": ";
    if (reason.rfind(prefix, 0) == 0) reason.erase(0, prefix.size());
    return {error.code() == ErrorCode::unsupported ? "unsupported" : "failed", reason};
  } catch (const std::exception& error) {
    return {"failed", error.what()};
  }
}

int run(const std::vector<std::string>& folders) {
  bool any_failed = false;
  for (const std::string& folder : folders) {
    std::vector<fs::path> cases;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (fs::exists(entry.path() / "model.onnx")) cases.push_back(entry.path());
    }
    std::sort(cases.begin(), cases.end());
    for (const fs::path& path : cases) {
      const Verdict verdict = run_case(path);
      any_failed = any_failed || verdict.status == "failed";
      const nlohmann::json line = {{"folder", folder},
                                   {"case", path.filename().string()},
                                   {"ops", ops_of(path / "model.onnx")},
                                   {"status", verdict.status},
                                   {"reason", verdict.reason}};
      fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    }
  }
  return any_failed ? 1 : 0;
}

}  // namespace
}  // namespace colonnade

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: onnx_conformance FOLDER...\n");
    return 2;
  }
  try {
    return colonnade::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    fmt::print(stderr, "onnx_conformance: {}\n", error.what());
    return 2;
  }
}
