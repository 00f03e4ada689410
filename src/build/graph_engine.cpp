#include "colonnade/graph_engine.hpp"

#include <fmt/core.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "backends/backend.hpp"
#include "base/cpus.hpp"
#include "base/thread_pool.hpp"
#include "build/graph_source.hpp"
#include "colonnade/error.hpp"
#include "graph/bind_inputs.hpp"
#include "graph/input_arguments.hpp"

namespace colonnade {
namespace {

static_assert(static_cast<int>(DType::f32) == static_cast<int>(ElementType::float32) &&
                  static_cast<int>(DType::bf16) == static_cast<int>(ElementType::bfloat16) &&
                  static_cast<int>(DType::i64) == static_cast<int>(ElementType::int64) &&
                  static_cast<int>(DType::boolean) == static_cast<int>(ElementType::boolean),
              "DType's order is ElementType's");

ElementType element_type(DType type) {
  return static_cast<ElementType>(type);
}

std::vector<std::int64_t> dims(const Shape& shape) {
  return {shape.begin(), shape.end()};
}

Shape shape_of(const std::vector<std::int64_t>& dims, std::string_view input) {
  Shape shape;
  for (const std::int64_t dim : dims) {
    if (dim < 0) {
      throw Error(ErrorCode::mismatch, fmt::format("input '{}'", input),
                  fmt::format("a dimension is {}; expected 0 or more", dim));
    }
    shape.push_back(dim);
  }
  return shape;
}

}  // namespace

struct GraphEngine::Body {
  explicit Body(GraphSource opened, const EngineOptions& options) : source(std::move(opened)) {
    source.options.winograd = !options.direct;
    source.options.dense = options.dense;
    isa = source.isa_name();
    precision = source.precision().text();
    const Graph& graph = source.graph;
    for (std::size_t i = 0; i < graph.inputs.size(); ++i) {
      const Value& value = graph.values[graph.inputs[i]];
      GraphInput& input = inputs.emplace_back();
      input.name = value.name;
      input.type = element_type(value.dtype);
      if (value.shape) input.shape = dims(*value.shape);
    }
    for (const OptimizationProfile& profile : source.profiles) {
      GraphProfile& given = profiles.emplace_back();
      given.context_bytes = profile.context_bytes;
      for (const InputProfile& input : profile.inputs)
        given.inputs.push_back({dims(input.min), dims(input.opt), dims(input.max)});
    }
    for (const ValueId id : graph.outputs) outputs.push_back(graph.values[id].name);
    const bool is_static = std::all_of(graph.inputs.begin(), graph.inputs.end(), [&](ValueId id) {
      return graph.values[id].shape && graph.values[id].shape->is_static();
    });
    std::vector<Shape> shapes;
    for (const ValueId id : graph.inputs) {
      if (is_static) shapes.push_back(*graph.values[id].shape);
    }
    program = source.compile(shapes, source.options);
  }

  /// Error(mismatch) as the graph says.
  void check(std::size_t input, DType type, const Shape& shape) const {
    check_input(source.graph.values[source.graph.inputs[input]], type, shape);
  }

  GraphSource source;
  std::string isa, precision;
  std::vector<GraphInput> inputs;
  std::vector<std::string> outputs;
  std::vector<GraphProfile> profiles;
  std::shared_ptr<const Program> program;
};

struct Context::State {
  State(std::shared_ptr<const GraphEngine::Body> shared, std::shared_ptr<Executor> executor,
        std::optional<std::size_t> asked)
      : engine(std::move(shared)),
        profile(asked),
        threads(std::move(executor)),
        session(engine->program->create_session(*threads)),
        bound(engine->inputs.size(), {DType::f32, {}, nullptr, false}) {}

  /// Chooses a profile for those that are bound, where they're others than the last.
  void follow_shapes() {
    const auto same = [](const ConstTensorView& input, const Shape& shape) {
      return input.shape == shape;
    };
    if (std::equal(bound.begin(), bound.end(), shapes.begin(), shapes.end(), same)) return;
    std::vector<Shape> now;
    for (const ConstTensorView& input : bound) now.push_back(input.shape);
    session->use_profile(choose_profile(engine->source.profiles, now, profile));
    shapes = std::move(now);
  }

  std::shared_ptr<const GraphEngine::Body> engine;
  std::optional<std::size_t> profile;  // Nothing: any.
  std::shared_ptr<Executor> threads;   // Outlives the session.
  std::unique_ptr<Session> session;
  std::vector<ConstTensorView> bound;
  std::vector<Shape> shapes;  // That a profile is chosen for.
  bool ran = false;
};

std::shared_ptr<const GraphEngine> GraphEngine::open(const std::string& path,
                                                     const EngineOptions& options) {
  GraphSource source =
      open_graph(path, {options.backend, options.isa, options.precision}, options.tensorrt);
  try {
    return std::make_shared<const GraphEngine>(
        std::make_shared<const Body>(std::move(source), options));
  } catch (const Error& error) {
    throw Error(error.code(), path, error.what());
  }
}

GraphEngine::GraphEngine(std::shared_ptr<const Body> body) : body_(std::move(body)) {}
GraphEngine::~GraphEngine() = default;

const std::vector<GraphInput>& GraphEngine::inputs() const noexcept {
  return body_->inputs;
}
const std::vector<std::string>& GraphEngine::outputs() const noexcept {
  return body_->outputs;
}
const std::vector<GraphProfile>& GraphEngine::profiles() const noexcept {
  return body_->profiles;
}
const std::string& GraphEngine::backend() const noexcept {
  return body_->source.backend;
}
const std::string& GraphEngine::isa() const noexcept {
  return body_->isa;
}
const std::string& GraphEngine::precision() const noexcept {
  return body_->precision;
}

std::uint64_t GraphEngine::context_bytes(
    const std::vector<std::vector<std::int64_t>>& shapes) const {
  check_input_count(body_->source.graph, shapes.size());
  std::vector<Shape> given;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    given.push_back(shape_of(shapes[i], body_->inputs[i].name));
    const DType type = body_->source.graph.values[body_->source.graph.inputs[i]].dtype;
    body_->check(i, type, given.back());
  }
  choose_profile(body_->source.profiles, given);
  return body_->source.compile(given, body_->source.options)->session_bytes();
}

Context GraphEngine::create_context(int threads, std::shared_ptr<Executor> executor,
                                    std::optional<std::size_t> profile) const {
  check_profile(body_->source.profiles, profile);
  if (!executor) executor = std::make_shared<ThreadPool>(threads != 0 ? threads : usable_cpus());
  return Context(std::make_unique<Context::State>(body_, std::move(executor), profile));
}

Context::Context(std::unique_ptr<State> state) : state_(std::move(state)) {}
Context::~Context() = default;
Context::Context(Context&&) noexcept = default;
Context& Context::operator=(Context&&) noexcept = default;

void Context::bind(std::string_view input, const HostTensor& tensor) {
  const auto& engine = *state_->engine;
  const auto at = std::find_if(engine.inputs.begin(), engine.inputs.end(),
                               [&](const GraphInput& one) { return one.name == input; });
  if (at == engine.inputs.end()) {
    throw Error(ErrorCode::invalid_argument, fmt::format("input '{}'", input),
                fmt::format("the graph has none of that name; it has {}",
                            describe_inputs(engine.source.graph)));
  }
  const auto index = static_cast<std::size_t>(at - engine.inputs.begin());
  if (tensor.type > ElementType::boolean) {
    throw Error(ErrorCode::invalid_argument, fmt::format("input '{}'", input),
                "its type is none of ElementType");
  }
  const auto type = static_cast<DType>(tensor.type);
  const Shape shape = shape_of(tensor.shape, input);
  engine.check(index, type, shape);
  check_shape(engine.source.profiles, index, shape, state_->profile);
  if (tensor.data == nullptr && shape.elements() > 0) {
    throw Error(ErrorCode::invalid_argument, fmt::format("input '{}'", input),
                "expected its elements, found a null pointer");
  }
  state_->bound[index] = {type, shape, tensor.data, true};
}

void Context::run() {
  std::string missing;
  for (std::size_t i = 0; i < state_->bound.size(); ++i) {
    if (!state_->bound[i].present)
      missing += (missing.empty() ? "'" : ", '") + state_->engine->inputs[i].name + "'";
  }
  if (!missing.empty()) {
    throw Error(ErrorCode::invalid_argument, "inputs that nothing is bound to: " + missing);
  }
  state_->ran = false;
  state_->follow_shapes();
  state_->session->run(state_->bound);
  state_->ran = true;
}

HostTensor Context::output(std::string_view name) const {
  const auto& names = state_->engine->outputs;
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) {
    throw Error(
        ErrorCode::invalid_argument, fmt::format("output '{}'", name),
        fmt::format("the graph has none of that name; it has '{}'", fmt::join(names, "', '")));
  }
  if (!state_->ran) {
    throw Error(ErrorCode::invalid_argument, fmt::format("output '{}'", name),
                "there's no run yet that it could be of");
  }
  const ConstTensorView view =
      state_->session->outputs()[static_cast<std::size_t>(at - names.begin())];
  return {element_type(view.dtype), dims(view.shape), view.data};
}

}  // namespace colonnade
