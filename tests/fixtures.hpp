// Real exports and sweeps that tests use where they are present. They aren't part of the project:
// a test that needs them skips, visibly, where they are not.
#pragma once

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/npy.hpp"
#include "graph/graph.hpp"
#include "temporary_folder.hpp"

namespace colonnade::testing {

namespace fs = std::filesystem;

/// The folder of the exporters' fixtures, one folder a family: COLONNADE_FIXTURES, or what the test
/// set_up.fixtures unpacked.
inline std::optional<fs::path> fixtures() {
  static const std::optional<fs::path> folder = []() -> std::optional<fs::path> {
    std::string name;
    if (const char* given = std::getenv("COLONNADE_FIXTURES"))
      name = given;
    else if (std::ifstream file(COLONNADE_FIXTURES_PATH_FILE); file)
      std::getline(file, name);
    return fs::is_directory(name) ? std::optional<fs::path>(name) : std::nullopt;
  }();
  return folder;
}

/// The folder of real sweeps: COLONNADE_SWEEPS, or the one beside the project.
inline std::optional<fs::path> sweeps() {
  const char* given = std::getenv("COLONNADE_SWEEPS");
  const fs::path folder =
      given != nullptr ? fs::path(given) : fs::path(COLONNADE_SOURCE_DIR) / "../shared/data";
  return fs::is_directory(folder) ? std::optional(folder) : std::nullopt;
}

#define COLONNADE_SKIP_WITHOUT_FIXTURES()                                           \
  if (!colonnade::testing::fixtures())                                              \
  GTEST_SKIP() << "the exporters' fixtures aren't here: set COLONNADE_FIXTURES to " \
                  "their folder"

/// A .npz file, unpacked for as long as this lives.
class NpzFolder {
 public:
  explicit NpzFolder(const fs::path& npz) {
    const std::string command =
        fmt::format("python3 -m zipfile -e '{}' '{}'", npz.string(), folder_.path().string());
    if (std::system(command.c_str()) != 0) {
      throw Error(ErrorCode::io, npz.string(), "python3 can't unpack it");
    }
  }
  bool has(const std::string& name) const { return fs::exists(path_of(name)); }
  Tensor read(const std::string& name) const { return read_npy(path_of(name).string()); }

 private:
  fs::path path_of(const std::string& name) const { return folder_.path() / (name + ".npy"); }
  TemporaryFolder folder_;
};

/// A graph with the inputs that it was fed and, sampled, the outputs that came.
struct GraphCase {
  std::string name;  ///< "a/pfe_dynamic.onnx"
  fs::path graph, inputs, outputs;
  nlohmann::json scatter;  ///< Null, or how the input image is made from pillars.
};

/// Of every family's folder in `root` that lists them in cases.json.
inline std::vector<GraphCase> graph_cases(const fs::path& root) {
  std::vector<GraphCase> cases;
  for (const auto& family : fs::directory_iterator(root)) {
    std::ifstream file(family.path() / "cases.json");
    if (!file) continue;
    for (const auto& entry : nlohmann::json::parse(file)) {
      const auto path = [&](const char* key) {
        return family.path() / entry.at(key).get<std::string>();
      };
      GraphCase one;
      one.graph = path("graph");
      one.inputs = path("inputs");
      one.outputs = path("outputs");
      one.name = (family.path().filename() / one.graph.filename()).string();
      one.scatter = entry.value("scatter", nlohmann::json());
      cases.push_back(std::move(one));
    }
  }
  std::sort(cases.begin(), cases.end(),
            [](const GraphCase& a, const GraphCase& b) { return a.name < b.name; });
  return cases;
}

inline std::vector<GraphCase> graph_cases() {
  return fixtures() ? graph_cases(*fixtures()) : std::vector<GraphCase>();
}

/// The case of that name; the caller has seen that fixtures() are there.
inline GraphCase graph_case(const std::string& name) {
  for (GraphCase& one : graph_cases()) {
    if (one.name == name) return one;
  }
  throw Error(ErrorCode::io, name, "the fixtures' cases.json don't list it");
}

/// Names of parameterized tests are letters, digits and _ only.
inline std::string test_name(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}

inline std::string test_name_of_case(const ::testing::TestParamInfo<const char*>& parameter) {
  return test_name(parameter.param);
}

/// The graph's inputs in its own order. Not for cases that scatter.
inline std::vector<Tensor> read_inputs(const GraphCase& one, const Graph& graph) {
  const NpzFolder folder(one.inputs);
  std::vector<Tensor> tensors;
  for (const ValueId id : graph.inputs) tensors.push_back(folder.read(graph.values[id].name));
  return tensors;
}

/// max|a - b| <= tolerance * max|b| over the elements that the fixture kept of output `name`.
inline void expect_near(const NpzFolder& expected, const std::string& name,
                        const ConstTensorView& found, double tolerance = 1e-5) {
  SCOPED_TRACE("output " + name);
  ASSERT_TRUE(expected.has(name + "/values"));
  const std::vector<std::int64_t> dims = to_int64(expected.read(name + "/shape").view());
  ASSERT_EQ(found.shape.to_string(), Shape(std::span<const std::int64_t>(dims)).to_string());
  const Tensor values = expected.read(name + "/values");
  ASSERT_EQ(found.dtype, DType::f32);
  ASSERT_EQ(values.dtype(), DType::f32);
  std::vector<std::int64_t> index;
  if (expected.has(name + "/index")) index = to_int64(expected.read(name + "/index").view());
  double largest = 0;
  double difference = 0;
  for (std::size_t i = 0; i < values.elements(); ++i) {
    const float b = values.as<float>()[i];
    const float a = found.as<float>()[index.empty() ? static_cast<std::int64_t>(i) : index[i]];
    ASSERT_FALSE(std::isnan(a)) << "at " << i;
    largest = std::max(largest, std::fabs(double{b}));
    difference = std::max(difference, std::fabs(double{a} - double{b}));
  }
  EXPECT_LE(difference, tolerance * largest);
}

}  // namespace colonnade::testing
