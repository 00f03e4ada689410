#include "onnx/importer.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "graph/arity.hpp"
#include "onnx/builders.hpp"

namespace colonnade {
namespace {

// Exports of 7 and later are what's promised. Older ones are read as far as operators are the same
// (PyTorch's own test cases are of 6).
constexpr std::int64_t kOldestOpset = 1;
constexpr std::int64_t kNewestOpset = 25;
// Functions may call functions: hostile files could nest them without end, or double at each level.
constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxNodes = 50'000;
constexpr std::size_t kMaxRefusalsTold = 40;

bool is_default(const std::string& domain) noexcept {
  return domain.empty() || domain == "ai.onnx";
}

std::string function_key(const std::string& domain, const std::string& name,
                         const std::string& overload) {
  return fmt::format("{}\n{}\n{}", is_default(domain) ? "" : domain, name, overload);
}

// Dimensions with a name, of 0 or less, or left out are dynamic.
std::optional<Shape> read_shape(const wire::TypeProto::Tensor& type, const std::string& where) {
  if (!type.has_shape()) return std::nullopt;
  if (static_cast<std::size_t>(type.shape().dim_size()) > kMaxRank) {
    throw Error(ErrorCode::limit, where,
                fmt::format("has {} dimensions; at most {} are supported", type.shape().dim_size(),
                            kMaxRank));
  }
  Shape shape;
  for (const auto& dim : type.shape().dim()) {
    shape.push_back(dim.dim_value() > 0 ? dim.dim_value() : kUnknownDim);
  }
  return shape;
}

std::string kind_name(const wire::TypeProto& type) {
  switch (type.value_case()) {
    case wire::TypeProto::kTensorType: return "a tensor";
    case wire::TypeProto::kSequenceType: return "a sequence";
    case wire::TypeProto::kMapType: return "a map";
    case wire::TypeProto::kSparseTensorType: return "a sparse tensor";
    case wire::TypeProto::kOptionalType: return "an optional value";
    case wire::TypeProto::VALUE_NOT_SET: break;
  }
  return "a value without a type";
}

}  // namespace

Importer::Importer(const wire::ModelProto& model, std::string where, TensorReader& tensors)
    : model_(model), where_(std::move(where)), tensors_(tensors) {
  graph_.name = model.graph().name();
  for (const auto& function : model.functions()) {
    functions_.emplace(function_key(function.domain(), function.name(), function.overload()),
                       &function);
  }
}

Graph Importer::run() {
  if (model_.opset_import_size() == 0) {
    throw Error(ErrorCode::format, where_, "names no opset; the file may be truncated");
  }
  Scope scope;
  scope.opset = read_opset(model_.opset_import(), 1);
  if (scope.opset < kOldestOpset || scope.opset > kNewestOpset) {
    throw Error(ErrorCode::unsupported, where_,
                fmt::format("is of opset {}; supported are 7 to {}, so export with one of those "
                            "(opset_version=17 suits most models)",
                            scope.opset, kNewestOpset));
  }
  add_initializers(model_.graph(), scope);
  read_inputs(scope);
  std::vector<std::string> wanted;
  for (const auto& output : model_.graph().output()) wanted.push_back(output.name());
  if (wanted.empty()) throw Error(ErrorCode::format, where_, "the graph has no outputs");
  import_nodes(model_.graph().node(), wanted, scope);
  if (!refusals_.empty()) throw_refusals();
  read_outputs(scope);
  return std::move(graph_);
}

std::int64_t Importer::read_opset(const OpsetImports& imports, std::int64_t fallback) const {
  for (const auto& import : imports) {
    if (is_default(import.domain())) return import.version();
  }
  return fallback;
}

void Importer::read_inputs(Scope& scope) {
  for (const auto& input : model_.graph().input()) {
    // Up to IR 3 initializers are listed among the inputs too; they aren't asked for.
    if (scope.initializers.count(input.name()) > 0) continue;
    const std::string where = fmt::format("{}: input '{}'", where_, input.name());
    if (input.type().value_case() != wire::TypeProto::kTensorType) {
      throw Error(ErrorCode::unsupported, where,
                  fmt::format("is {}; only tensors are supported", kind_name(input.type())));
    }
    const auto& type = input.type().tensor_type();
    const auto dtype = dtype_from_onnx(type.elem_type());
    if (!dtype) {
      throw Error(ErrorCode::unsupported, where,
                  fmt::format("has the element type {}, which isn't supported",
                              onnx_type_name(type.elem_type())));
    }
    Value value;
    value.name = input.name();
    value.dtype = *dtype;
    value.shape = read_shape(type, where);
    const ValueId id = graph_.add_value(std::move(value));
    if (!scope.values.emplace(input.name(), id).second) {
      throw Error(ErrorCode::format, where, "is declared twice");
    }
    graph_.inputs.push_back(id);
  }
}

void Importer::read_outputs(Scope& scope) {
  for (const auto& output : model_.graph().output()) {
    const std::string where = fmt::format("{}: the list of outputs", where_);
    ValueId id = read(output.name(), where, scope);
    if (graph_.values[id].name != output.name()) {
      // Another name's value passed through a function: the output keeps the name users know.
      Value value;
      value.name = output.name();
      const ValueId copy = graph_.add_value(std::move(value));
      graph_.nodes.push_back({fmt::format("output {}", output.name()),
                              "Identity",
                              op::Unary{op::UnaryKind::identity},
                              {id},
                              {copy}});
      id = copy;
    }
    graph_.outputs.push_back(id);
  }
}

void Importer::add_initializers(const wire::GraphProto& graph, Scope& scope) const {
  for (const auto& tensor : graph.initializer()) {
    if (!scope.initializers.emplace(tensor.name(), &tensor).second) {
      throw Error(ErrorCode::format, where_,
                  fmt::format("initializer '{}' is there twice", tensor.name()));
    }
  }
}

void Importer::import_nodes(const WireNodes& nodes, std::span<const std::string> wanted,
                            Scope& scope) {
  visited_ += static_cast<std::size_t>(nodes.size());
  if (visited_ > kMaxNodes) {
    throw Error(ErrorCode::limit, where_,
                fmt::format("has more than {} nodes once its functions are inlined", kMaxNodes));
  }
  for (const int index : execution_order(nodes, wanted, where_)) {
    import_node(nodes[index], index, scope);
  }
}

void Importer::import_node(const wire::NodeProto& node, int index, Scope& scope) {
  NodeSource source;
  source.proto = &node;
  source.name = scope.prefix +
                (node.name().empty() ? fmt::format("#{} {}", index, node.op_type()) : node.name());
  source.where = fmt::format("{}: node '{}' ({})", where_, source.name, node.op_type());
  source.opset = scope.opset;
  source.attributes = bind_attributes(node, scope);
  for (const std::string& name : node.input()) {
    source.inputs.push_back(name.empty() ? kNoValue : read(name, source.where, scope));
  }
  if (node.output_size() == 0) {
    throw Error(ErrorCode::format, source.where, "writes nothing");
  }
  try {
    build(node, source, scope);
  } catch (const Unsupported& unsupported) {
    refuse(source, unsupported.reason, scope);
  } catch (const Error& error) {
    if (!error.where().empty()) throw;
    throw Error(error.code(), source.where, error.what());
  }
}

void Importer::build(const wire::NodeProto& node, NodeSource source, Scope& scope) {
  const auto function =
      functions_.find(function_key(node.domain(), node.op_type(), node.overload()));
  if (function != functions_.end()) {
    return call(*function->second, node, std::move(source), scope);
  }
  if (is_default(node.domain()) && node.op_type() == "If") {
    return take_branch(node, std::move(source), scope);
  }
  const OpBuilder* builder = find_builder(node.domain(), node.op_type());
  if (builder == nullptr) throw Unsupported{unsupported_reason(node.domain(), node.op_type())};
  NodeContext context(graph_, inference_, tensors_, std::move(source));
  const std::size_t first = graph_.nodes.size();
  builder->build(context);
  // At once, not at the end: inference may look at the graph before it's complete.
  for (std::size_t i = first; i < graph_.nodes.size(); ++i) check_arity(graph_.nodes[i]);
  for (std::size_t i = 0; i < context.results().size(); ++i) {
    const ValueId result = context.results()[i];
    if (result != kNoValue) scope.values[node.output(static_cast<int>(i))] = result;
  }
}

void Importer::call(const wire::FunctionProto& function, const wire::NodeProto& node,
                    NodeSource source, Scope& scope) {
  Scope body;
  body.opset = read_opset(function.opset_import(), scope.opset);
  body.prefix = source.name + "/";
  body.depth = scope.depth + 1;
  if (body.depth > kMaxDepth) {
    throw Error(ErrorCode::limit, source.where,
                fmt::format("functions call each other more than {} deep", kMaxDepth));
  }
  body.arguments = std::move(source.attributes);
  for (const auto& fallback : function.attribute_proto()) {  // After the caller's: these give way.
    body.arguments.push_back({fallback.name(), &fallback});
  }
  for (int i = 0; i < function.input_size(); ++i) {
    const auto position = static_cast<std::size_t>(i);
    body.values.emplace(function.input(i),
                        position < source.inputs.size() ? source.inputs[position] : kNoValue);
  }
  std::vector<std::string> wanted;
  const int outputs = std::min(function.output_size(), node.output_size());
  for (int i = 0; i < outputs; ++i) {
    if (!node.output(i).empty()) wanted.push_back(function.output(i));
  }
  const auto first_inside = static_cast<ValueId>(graph_.values.size());
  import_nodes(function.node(), wanted, body);
  for (int i = 0; i < outputs; ++i) {
    if (node.output(i).empty()) continue;
    hand_out(read(function.output(i), source.where, body), node.output(i), first_inside, scope);
  }
}

void Importer::take_branch(const wire::NodeProto& node, NodeSource source, Scope& scope) {
  NodeContext context(graph_, inference_, tensors_, source);
  const Tensor condition = context.constant(0);
  if (!condition || condition.dtype() != DType::boolean || condition.elements() != 1) {
    throw Unsupported{
        "its condition is known only at run time; export by tracing (torch.jit.trace), which "
        "writes one branch"};
  }
  const char* name = condition.as<bool>()[0] ? "then_branch" : "else_branch";
  const auto branch = std::find_if(node.attribute().begin(), node.attribute().end(),
                                   [&](const auto& attribute) { return attribute.name() == name; });
  if (branch == node.attribute().end() || !branch->has_g()) {
    throw Error(ErrorCode::format, source.where, fmt::format("has no {}", name));
  }
  Scope inner;
  inner.outer = &scope;
  inner.arguments = scope.arguments;
  inner.opset = scope.opset;
  inner.prefix = source.name + "/";
  inner.depth = scope.depth + 1;
  add_initializers(branch->g(), inner);
  std::vector<std::string> wanted;
  for (const auto& output : branch->g().output()) wanted.push_back(output.name());
  const auto first_inside = static_cast<ValueId>(graph_.values.size());
  import_nodes(branch->g().node(), wanted, inner);
  for (int i = 0; i < std::min(branch->g().output_size(), node.output_size()); ++i) {
    if (node.output(i).empty()) continue;
    hand_out(read(wanted[static_cast<std::size_t>(i)], source.where, inner), node.output(i),
             first_inside, scope);
  }
}

// A value computed inside of a function or branch goes by the caller's name from here on.
void Importer::hand_out(ValueId value, const std::string& name, ValueId first_inside,
                        Scope& scope) {
  if (value != kNoValue && value >= first_inside) graph_.values[value].name = name;
  scope.values[name] = value;
}

// A branch's names hide those around it. Nothing: the name is unknown; kNoValue: a function's input
// that its caller left out.
std::optional<ValueId> Importer::find(const std::string& name, Scope& scope) {
  for (const Scope* s = &scope; s != nullptr; s = s->outer) {
    const auto value = s->values.find(name);
    if (value != s->values.end()) return value->second;
    const auto initializer = s->initializers.find(name);
    if (initializer == s->initializers.end()) continue;
    const std::string where = fmt::format("{}: initializer '{}'", where_, name);
    const ValueId id = graph_.add_constant(name, tensors_.read(*initializer->second, where));
    scope.values.emplace(name, id);
    return id;
  }
  return std::nullopt;
}

ValueId Importer::read(const std::string& name, const std::string& reader, Scope& scope) {
  const std::optional<ValueId> id = find(name, scope);
  if (id) return *id;
  throw Error(ErrorCode::format, reader,
              fmt::format("reads '{}', which no input, initializer or node gives", name));
}

BoundAttributes Importer::bind_attributes(const wire::NodeProto& node, const Scope& scope) {
  BoundAttributes attributes;
  for (const auto& attribute : node.attribute()) {
    if (attribute.ref_attr_name().empty()) {
      attributes.push_back({attribute.name(), &attribute});
      continue;
    }
    // What the caller leaves out is left out here too: the operator's default holds.
    for (const BoundAttribute& argument : scope.arguments) {
      if (argument.name != attribute.ref_attr_name()) continue;
      attributes.push_back({attribute.name(), argument.value});
      break;
    }
  }
  return attributes;
}

// Its outputs become values without a writer, so that the nodes after it can be looked at too.
void Importer::refuse(const NodeSource& source, const std::string& reason, Scope& scope) {
  refusals_.push_back(fmt::format("'{}' ({}): {}", source.name, source.proto->op_type(), reason));
  for (const std::string& name : source.proto->output()) {
    if (!name.empty()) scope.values[name] = graph_.add_value({});
  }
}

void Importer::throw_refusals() const {
  std::string list;
  for (std::size_t i = 0; i < std::min(refusals_.size(), kMaxRefusalsTold); ++i) {
    list += (i == 0 ? "" : "; ") + refusals_[i];
  }
  if (refusals_.size() > kMaxRefusalsTold) {
    list += fmt::format("; and {} more", refusals_.size() - kMaxRefusalsTold);
  }
  throw Error(
      ErrorCode::unsupported, where_,
      fmt::format("{} can't be run: {}",
                  refusals_.size() == 1 ? "one node" : fmt::format("{} nodes", refusals_.size()),
                  list));
}

}  // namespace colonnade
