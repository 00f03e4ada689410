#include "tensorrt/plan_runner.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "colonnade/error.hpp"
#include "tensorrt/adapter_module.hpp"

namespace colonnade {
namespace {

std::optional<DType> dtype_of(AdapterType type) {
  switch (type) {
    case AdapterType::f32: return DType::f32;
    case AdapterType::f16: return DType::f16;
    case AdapterType::bf16: return DType::bf16;
    case AdapterType::i8: return DType::i8;
    case AdapterType::u8: return DType::u8;
    case AdapterType::i32: return DType::i32;
    case AdapterType::i64: return DType::i64;
    case AdapterType::boolean: return DType::boolean;
    case AdapterType::other: break;
  }
  return std::nullopt;
}

Shape shape_of(const std::int64_t* dims, std::int32_t rank) {
  Shape shape(std::span<const std::int64_t>(dims, static_cast<std::size_t>(rank)));
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] < 0) shape[axis] = kUnknownDim;
  }
  return shape;
}

/// What the library complained of during a call.
struct Complaints {
  std::string text;
  bool of_bytes = false;  ///< It calls the plan itself wrong.

  AdapterSink sink() { return {this, hear, nullptr, nullptr, nullptr}; }
  static void hear(void* user, bool is_error, const char* message) {
    auto& heard = *static_cast<Complaints*>(user);
    if (!is_error) return;
    // TensorRT's own words: "Error Code 1: Serialization (...)".
    heard.of_bytes |= std::string_view(message).find("Serialization") != std::string_view::npos;
    if (heard.text.empty()) heard.text = message;  // What follows are its consequences.
  }
  std::string or_silence() const { return text.empty() ? "it doesn't say why" : text; }
};

}  // namespace

PlanRunner::PlanRunner(const Adapter& adapter, AdapterEngine* engine, std::shared_ptr<Cuda> cuda,
                       std::string where)
    : adapter_(adapter), engine_(engine), cuda_(std::move(cuda)), where_(std::move(where)) {
  try {
    read_signature();
  } catch (...) {
    adapter_.unload(engine_);
    throw;
  }
}

PlanRunner::~PlanRunner() {
  for (const Buffer& buffer : buffers_) {
    if (buffer.memory != nullptr) cuda_->free(buffer.memory);
  }
  adapter_.unload(engine_);
}

void PlanRunner::read_signature() {
  std::string problem;
  struct Told {
    PlanRunner& runner;
    std::string& problem;
  } told{*this, problem};
  adapter_.tensors(*engine_, 0, &told, [](void* user, const AdapterTensor& tensor) {
    auto& [runner, problem_found] = *static_cast<Told*>(user);
    const std::optional<DType> dtype = dtype_of(tensor.type);
    if (!dtype) {
      problem_found =
          fmt::format("tensor '{}' has an element type that Colonnade lacks", tensor.name);
      return;
    }
    const ValueId id =
        runner.signature_.add_value({tensor.name, *dtype, shape_of(tensor.shape, tensor.rank), {}});
    (tensor.is_input ? runner.signature_.inputs : runner.signature_.outputs).push_back(id);
  });
  if (!problem.empty()) throw Error(ErrorCode::unsupported, where_, problem);
  read_profiles();
  buffers_.resize(signature_.values.size());
  outputs_.resize(signature_.outputs.size());
}

void PlanRunner::read_profiles() {
  for (std::int32_t number = 0; number < adapter_.profiles(*engine_); ++number) {
    OptimizationProfile& profile = profiles_.emplace_back();
    profile.context_bytes = adapter_.context_bytes(*engine_, number);
    adapter_.tensors(
        *engine_, number, &profile.inputs, [](void* user, const AdapterTensor& tensor) {
          if (!tensor.is_input) return;
          const auto shape = [&](const std::int64_t* dims) { return shape_of(dims, tensor.rank); };
          static_cast<std::vector<InputProfile>*>(user)->push_back(
              {tensor.name, shape(tensor.min), shape(tensor.opt), shape(tensor.max)});
        });
  }
}

void PlanRunner::set_shapes(std::span<const ConstTensorView> inputs, std::size_t profile) {
  std::vector<AdapterShape> shapes;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Value& input = signature_.values[signature_.inputs[i]];
    if (inputs[i].dtype != input.dtype) {
      throw Error(
          ErrorCode::mismatch, fmt::format("input '{}'", input.name),
          fmt::format("expected {}, found {}", name_of(input.dtype), name_of(inputs[i].dtype)));
    }
    AdapterShape shape{input.name.c_str(), static_cast<std::int32_t>(inputs[i].shape.rank()), {}};
    std::copy(inputs[i].shape.begin(), inputs[i].shape.end(), shape.dims);
    shapes.push_back(shape);
  }
  Complaints complaints;
  std::string problem;
  struct Told {
    PlanRunner& runner;
    std::string& problem;
    std::size_t output = 0;
  } told{*this, problem};
  const bool is_set = adapter_.set_shapes(
      *engine_, static_cast<std::int32_t>(profile), cuda_->stream(), shapes.data(), shapes.size(),
      &told,
      [](void* user, const AdapterTensor& tensor) {
        Told& t = *static_cast<Told*>(user);
        const Shape shape = shape_of(tensor.shape, tensor.rank);
        if (!shape.is_static()) {
          t.problem = fmt::format("output '{}' is {}: its size depends on the data", tensor.name,
                                  shape.to_string());
          return;
        }
        Tensor& output = t.runner.outputs_[t.output];
        const DType dtype = t.runner.signature_.values[t.runner.signature_.outputs[t.output]].dtype;
        ++t.output;
        if (!output || output.shape() != shape) output = Tensor(dtype, shape);
      },
      complaints.sink());
  if (!is_set || !complaints.text.empty())
    throw Error(ErrorCode::mismatch, where_, complaints.or_silence());
  if (!problem.empty()) throw Error(ErrorCode::unsupported, where_, problem);
}

void* PlanRunner::buffer_of(ValueId id, std::size_t bytes) {
  Buffer& buffer = buffers_[id];
  if (buffer.memory != nullptr && buffer.bytes >= bytes) return buffer.memory;
  if (buffer.memory != nullptr) cuda_->free(std::exchange(buffer.memory, nullptr));
  buffer.bytes = std::max<std::size_t>(bytes, 1);
  buffer.memory = cuda_->allocate(buffer.bytes);
  return buffer.memory;
}

std::span<const Tensor> PlanRunner::run(std::span<const ConstTensorView> inputs,
                                        std::size_t profile) {
  if (inputs.size() != signature_.inputs.size()) {
    throw Error(
        ErrorCode::invalid_argument, where_,
        fmt::format("expected {} inputs, found {}", signature_.inputs.size(), inputs.size()));
  }
  cuda_->enter();
  set_shapes(inputs, profile);
  std::vector<AdapterAddress> addresses;
  const auto bind = [&](ValueId id, std::size_t bytes) {
    void* const memory = buffer_of(id, bytes);
    addresses.push_back({signature_.values[id].name.c_str(), memory});
    return memory;
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::size_t bytes =
        static_cast<std::size_t>(inputs[i].shape.elements()) * size_of(inputs[i].dtype);
    cuda_->copy_in(bind(signature_.inputs[i], bytes), inputs[i].data, bytes);
  }
  for (std::size_t k = 0; k < outputs_.size(); ++k)
    bind(signature_.outputs[k], outputs_[k].bytes());
  Complaints complaints;
  if (!adapter_.enqueue(*engine_, addresses.data(), addresses.size(), cuda_->stream(),
                        complaints.sink())) {
    throw Error(ErrorCode::unsupported, where_, complaints.or_silence());
  }
  for (std::size_t k = 0; k < outputs_.size(); ++k) {
    cuda_->copy_out(outputs_[k].data(), buffers_[signature_.outputs[k]].memory,
                    outputs_[k].bytes());
  }
  cuda_->wait();
  return outputs_;
}

std::unique_ptr<PlanRunner> load_plan(const TensorRtLibrary& library,
                                      std::span<const std::byte> plan, const std::string& where) {
  const Adapter& adapter = adapter_of(library);
  std::shared_ptr<Cuda> cuda;
  std::optional<Error> without_cuda;
  try {
    cuda = open_cuda();
  } catch (const Error& error) {
    without_cuda = error;  // Bytes that are no plan are told without a GPU too.
  }
  Complaints complaints;
  AdapterEngine* engine =
      adapter.load(open_library(library.runtime), plan.data(), plan.size(), complaints.sink());
  if (engine != nullptr && cuda) return std::make_unique<PlanRunner>(adapter, engine, cuda, where);
  if (engine != nullptr) adapter.unload(engine);
  if (complaints.of_bytes) {
    throw Error(ErrorCode::format, where,
                fmt::format("{} can't load it: {}", name_of(library), complaints.text));
  }
  if (without_cuda) throw *without_cuda;
  throw Error(ErrorCode::unsupported, where,
              fmt::format("{} doesn't take {}: {}", name_of(library), cuda->device(),
                          complaints.or_silence()));
}

}  // namespace colonnade
