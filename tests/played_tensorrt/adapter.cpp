// An adapter whose plan is the ONNX graph with its profiles, and whose engine is the cpu backend:
// all that Colonnade does around TensorRT can be tested without it.
#include "tensorrt/adapter.hpp"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backends/backend.hpp"
#include "base/serial_executor.hpp"
#include "kernels/infer_graph.hpp"
#include "onnx/reader.hpp"

namespace colonnade {

struct AdapterEngine {
  Graph graph;
  std::vector<std::map<std::string, AdapterProfile>> profiles{{}};  ///< By number.
  std::vector<Shape> shapes;
  SerialExecutor threads;
  std::shared_ptr<const Program> program;
  std::unique_ptr<Session> session;
};

namespace {

constexpr char kMagic[8] = {'P', 'L', 'A', 'Y', 'E', 'D', ' ', '1'};

struct StoredProfile {
  char input[64];
  AdapterProfile profile;  ///< Its `input` means nothing.
};

void build(const AdapterRequest& request, const AdapterSink& sink) {
  std::string plan(kMagic, sizeof kMagic);
  const auto count = static_cast<std::uint64_t>(request.profile_count);
  plan.append(reinterpret_cast<const char*>(&count), sizeof count);
  for (std::size_t i = 0; i < request.profile_count; ++i) {
    StoredProfile stored{};
    std::strncpy(stored.input, request.profiles[i].input, sizeof stored.input - 1);
    stored.profile = request.profiles[i];
    plan.append(reinterpret_cast<const char*>(&stored), sizeof stored);
  }
  plan.append(static_cast<const char*>(request.onnx), request.onnx_bytes);
  if (request.keep_timings) sink.timings(sink.user, "timed", 5);
  sink.plan(sink.user, plan.data(), plan.size());
}

AdapterEngine* load(void*, const void* plan, std::size_t bytes, const AdapterSink& sink) {
  const auto* at = static_cast<const char*>(plan);
  std::uint64_t count = 0;
  if (bytes < sizeof kMagic + sizeof count || std::memcmp(at, kMagic, sizeof kMagic) != 0) {
    sink.log(sink.user, true, "Serialization (it's no played plan)");
    return nullptr;
  }
  std::memcpy(&count, at + sizeof kMagic, sizeof count);
  auto engine = std::make_unique<AdapterEngine>();
  std::size_t used = sizeof kMagic + sizeof count;
  for (std::uint64_t i = 0; i < count; ++i, used += sizeof(StoredProfile)) {
    StoredProfile stored;
    std::memcpy(&stored, at + used, sizeof stored);
    const auto number = static_cast<std::size_t>(stored.profile.number);
    engine->profiles.resize(std::max(engine->profiles.size(), number + 1));
    engine->profiles[number][stored.input] = stored.profile;
  }
  const std::span rest(static_cast<const std::byte*>(plan) + used, bytes - used);
  engine->graph = read_onnx(rest, "played.plan");
  return engine.release();
}

void unload(AdapterEngine* engine) {
  delete engine;
}

AdapterType type_of(DType type) {
  switch (type) {
    case DType::f32: return AdapterType::f32;
    case DType::i32: return AdapterType::i32;
    case DType::i64: return AdapterType::i64;
    default: return AdapterType::other;
  }
}

AdapterTensor described(const AdapterEngine& engine, std::int32_t number, ValueId id, bool is_input,
                        const Shape& shape, DType dtype) {
  const std::string& name = engine.graph.values[id].name;
  AdapterTensor tensor{
      name.c_str(), is_input, type_of(dtype), static_cast<std::int32_t>(shape.rank()), {}, {},
      {},           {}};
  std::copy(shape.begin(), shape.end(), tensor.shape);
  std::copy(shape.begin(), shape.end(), tensor.min);
  std::copy(shape.begin(), shape.end(), tensor.opt);
  std::copy(shape.begin(), shape.end(), tensor.max);
  const auto& inputs = engine.profiles[static_cast<std::size_t>(number)];
  const auto profile = inputs.find(name);
  if (is_input && profile != inputs.end()) {
    std::copy_n(profile->second.min, shape.rank(), tensor.min);
    std::copy_n(profile->second.opt, shape.rank(), tensor.opt);
    std::copy_n(profile->second.max, shape.rank(), tensor.max);
  }
  return tensor;
}

/// Outputs backwards: their order is the library's.
void tell_outputs(const AdapterEngine& engine, const InferredGraph& inferred, void* user,
                  TellTensor tell) {
  const std::vector<ValueId>& outputs = engine.graph.outputs;
  for (auto id = outputs.rbegin(); id != outputs.rend(); ++id) {
    const TypeInfo& type = inferred.types[*id];
    tell(user,
         described(engine, 0, *id, false, type.shape.value_or(Shape{kUnknownDim}), type.dtype));
  }
}

std::int32_t profiles(AdapterEngine& engine) {
  return static_cast<std::int32_t>(engine.profiles.size());
}

/// Any number that tells profiles apart.
std::uint64_t context_bytes(AdapterEngine&, std::int32_t profile) {
  return 1000 * (static_cast<std::uint64_t>(profile) + 1);
}

void tensors(AdapterEngine& engine, std::int32_t profile, void* user, TellTensor tell) {
  for (const ValueId id : engine.graph.inputs) {
    const Value& value = engine.graph.values[id];
    tell(user, described(engine, profile, id, true, *value.shape, value.dtype));
  }
  tell_outputs(engine, infer_graph(engine.graph), user, tell);
}

/// As the library does, only within the profile.
bool set_shapes(AdapterEngine& engine, std::int32_t profile, void*, const AdapterShape* inputs,
                std::size_t count, void* user, TellTensor tell, const AdapterSink& sink) {
  std::vector<Shape> shapes;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& bounds = engine.profiles.at(static_cast<std::size_t>(profile));
    const auto bound = bounds.find(inputs[i].input);
    for (std::int32_t axis = 0; bound != bounds.end() && axis < inputs[i].rank; ++axis) {
      if (inputs[i].dims[axis] >= bound->second.min[axis] &&
          inputs[i].dims[axis] <= bound->second.max[axis])
        continue;
      sink.log(sink.user, true, "setInputShape: outside of the optimization profile");
      return false;
    }
    shapes.emplace_back(std::span(inputs[i].dims, static_cast<std::size_t>(inputs[i].rank)));
  }
  if (!engine.session || shapes != engine.shapes) {
    engine.shapes = shapes;
    engine.program = find_backend("cpu").compile(engine.graph, shapes);
    engine.session = engine.program->create_session(engine.threads);
  }
  tell_outputs(engine, infer_graph(engine.graph, shapes), user, tell);
  return true;
}

bool enqueue(AdapterEngine& engine, const AdapterAddress* given, std::size_t count, void*,
             const AdapterSink&) {
  std::map<std::string, void*> at;
  for (std::size_t i = 0; i < count; ++i) at[given[i].tensor] = given[i].device;
  std::vector<ConstTensorView> views;
  for (std::size_t i = 0; i < engine.graph.inputs.size(); ++i) {
    const Value& input = engine.graph.values[engine.graph.inputs[i]];
    views.push_back({input.dtype, engine.shapes[i], at.at(input.name)});
  }
  engine.session->run(views);
  for (std::size_t k = 0; k < engine.graph.outputs.size(); ++k) {
    const ConstTensorView output = engine.session->outputs()[k];
    std::memcpy(at.at(engine.graph.values[engine.graph.outputs[k]].name), output.data,
                static_cast<std::size_t>(output.shape.elements()) * size_of(output.dtype));
  }
  return true;
}

}  // namespace
}  // namespace colonnade

extern "C" __attribute__((visibility("default"))) const colonnade::Adapter*
colonnade_tensorrt_adapter() {
  static constexpr colonnade::Adapter adapter{colonnade::kAdapterAbi,
                                              11,
                                              0,
                                              colonnade::build,
                                              colonnade::load,
                                              colonnade::unload,
                                              colonnade::profiles,
                                              colonnade::context_bytes,
                                              colonnade::tensors,
                                              colonnade::set_shapes,
                                              colonnade::enqueue};
  return &adapter;
}
