#include "onnx/node_context.hpp"

#include <fmt/core.h>

#include <limits>
#include <utility>

namespace colonnade {
namespace {

using Attribute = wire::AttributeProto;

// Files of IR 1 have no type: the field that's set tells.
Attribute::AttributeType type_of(const Attribute& attribute) noexcept {
  if (attribute.type() != Attribute::UNDEFINED) return attribute.type();
  if (attribute.has_i()) return Attribute::INT;
  if (attribute.has_f()) return Attribute::FLOAT;
  if (attribute.has_s()) return Attribute::STRING;
  if (attribute.has_t()) return Attribute::TENSOR;
  if (attribute.floats_size() > 0) return Attribute::FLOATS;
  if (attribute.strings_size() > 0) return Attribute::STRINGS;
  return Attribute::INTS;
}

bool to_integer(float value, std::int64_t& result) noexcept {
  if (!(value >= -9e15f && value <= 9e15f)) return false;
  result = static_cast<std::int64_t>(value);
  return static_cast<float>(result) == value;
}

void trim_absent(std::vector<ValueId>& inputs) {
  while (!inputs.empty() && inputs.back() == kNoValue) inputs.pop_back();
}

}  // namespace

NodeContext::NodeContext(Graph& graph, GraphInference& inference, TensorReader& tensors,
                         NodeSource source)
    : graph_(graph), inference_(inference), tensors_(tensors), source_(std::move(source)) {
  trim_absent(source_.inputs);
}

const wire::AttributeProto* NodeContext::find(std::string_view name) const noexcept {
  for (const BoundAttribute& attribute : source_.attributes) {
    if (attribute.name == name) return attribute.value;
  }
  return nullptr;
}

void NodeContext::fail(ErrorCode code, const std::string& message) const {
  throw Error(code, source_.where, message);
}

void NodeContext::fail_attribute(std::string_view name, const char* expected) const {
  fail(ErrorCode::format,
       fmt::format("attribute '{}' is of the wrong kind; expected {}", name, expected));
}

std::int64_t NodeContext::integer(std::string_view name, std::int64_t fallback) const {
  if (!has(name)) return fallback;
  const std::vector<std::int64_t> values = integers(name);
  if (values.size() != 1) fail_attribute(name, "one integer");
  return values.front();
}

std::vector<std::int64_t> NodeContext::integers(std::string_view name) const {
  const Attribute* attribute = find(name);
  if (attribute == nullptr) return {};
  std::vector<std::int64_t> values;
  const auto append = [&](float value) {
    if (!to_integer(value, values.emplace_back())) fail_attribute(name, "integers");
  };
  switch (type_of(*attribute)) {
    case Attribute::INT: return {attribute->i()};
    case Attribute::INTS: return {attribute->ints().begin(), attribute->ints().end()};
    case Attribute::FLOAT: append(attribute->f()); return values;
    case Attribute::FLOATS:
      for (const float value : attribute->floats()) append(value);
      return values;
    case Attribute::TENSOR: return to_int64(std::as_const(*this).tensor(name).view());
    default: fail_attribute(name, "integers");
  }
}

float NodeContext::real(std::string_view name, float fallback) const {
  if (!has(name)) return fallback;
  const std::vector<float> values = reals(name);
  if (values.size() != 1) fail_attribute(name, "one number");
  return values.front();
}

std::vector<float> NodeContext::reals(std::string_view name) const {
  const Attribute* attribute = find(name);
  if (attribute == nullptr) return {};
  switch (type_of(*attribute)) {
    case Attribute::FLOAT: return {attribute->f()};
    case Attribute::FLOATS: return {attribute->floats().begin(), attribute->floats().end()};
    case Attribute::INT: return {static_cast<float>(attribute->i())};
    case Attribute::INTS: return {attribute->ints().begin(), attribute->ints().end()};
    default: fail_attribute(name, "numbers");
  }
}

std::string NodeContext::text(std::string_view name, std::string_view fallback) const {
  const Attribute* attribute = find(name);
  if (attribute == nullptr) return std::string(fallback);
  if (type_of(*attribute) == Attribute::STRING) return attribute->s();
  if (type_of(*attribute) == Attribute::STRINGS && attribute->strings_size() == 1) {
    return attribute->strings(0);
  }
  fail_attribute(name, "a string");
}

Tensor NodeContext::tensor(std::string_view name) const {
  const Attribute* attribute = find(name);
  if (attribute == nullptr) return {};
  if (!attribute->has_t()) fail_attribute(name, "a tensor");
  if (!dtype_from_onnx(attribute->t().data_type())) {
    throw Unsupported{fmt::format("its {} has the element type {}", name,
                                  onnx_type_name(attribute->t().data_type()))};
  }
  return tensors_.read(attribute->t(), fmt::format("{}: attribute '{}'", source_.where, name));
}

ValueId NodeContext::input(std::size_t i) const noexcept {
  return i < source_.inputs.size() ? source_.inputs[i] : kNoValue;
}

Tensor NodeContext::constant(std::size_t i) const {
  if (input(i) == kNoValue) return {};
  if (graph_.values[input(i)].constant) return graph_.values[input(i)].constant;
  return inference_.update().folded[input(i)];
}

DType NodeContext::dtype(std::size_t i) const {
  if (input(i) == kNoValue) return DType::f32;
  if (graph_.values[input(i)].constant) return graph_.values[input(i)].dtype;
  return inference_.update().types[input(i)].dtype;
}

std::optional<Shape> NodeContext::shape(std::size_t i) const {
  if (input(i) == kNoValue) return std::nullopt;
  return inference_.update().types[input(i)].shape;
}

ValueId NodeContext::scalar_like(std::size_t i, double value) {
  return dispatch(dtype(i), [&]<typename T>(TypeTag<T>) {
    if constexpr (!is_floating(DTypeOf<T>::value)) {
      // 2^63 and 2^64, to which the largest 64-bit integers round, can't be held either.
      constexpr auto lowest = static_cast<double>(std::numeric_limits<T>::lowest());
      constexpr auto highest = static_cast<double>(std::numeric_limits<T>::max());
      if (!(value >= lowest && value <= highest) || (sizeof(T) == 8 && value == highest)) {
        throw Error(ErrorCode::mismatch, fmt::format("{} can't be held by a tensor of type {}",
                                                     value, name_of(dtype(i))));
      }
    }
    return add_constant(Tensor::scalar<T>(static_cast<T>(value)));
  });
}

ValueId NodeContext::input_or_integers(std::size_t i, std::string_view attribute) {
  if (input(i) != kNoValue || !has(attribute)) return input(i);
  return add_integers(integers(attribute));
}

ValueId NodeContext::input_or_real(std::size_t i, std::string_view attribute) {
  if (input(i) != kNoValue || !has(attribute)) return input(i);
  return scalar_like(0, real(attribute, 0));
}

std::size_t NodeContext::output_count() const noexcept {
  return static_cast<std::size_t>(source_.proto->output_size());
}

bool NodeContext::has_output(std::size_t i) const noexcept {
  return i < output_count() && !source_.proto->output(static_cast<int>(i)).empty();
}

ValueId NodeContext::add_integers(std::span<const std::int64_t> values) {
  return add_constant(Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values));
}

ValueId NodeContext::add_constant(Tensor tensor) {
  return graph_.add_constant({}, std::move(tensor));
}

ValueId NodeContext::add(Op op, std::vector<ValueId> inputs) {
  trim_absent(inputs);
  const ValueId result = graph_.add_value({});
  graph_.nodes.push_back({source_.name, op_type(), std::move(op), std::move(inputs), {result}});
  return result;
}

void NodeContext::emit(Op op, std::vector<ValueId> inputs) {
  trim_absent(inputs);
  bool any = false;
  for (std::size_t i = 0; i < output_count(); ++i) any = any || has_output(i);
  for (std::size_t i = 0; i < output_count(); ++i) {
    // The first of a node all of whose outputs have empty names is one: a graph's output may be
    // called ''.
    const bool present = has_output(i) || (i == 0 && !any);
    Value value;
    value.name = source_.proto->output(static_cast<int>(i));
    results_.push_back(present ? graph_.add_value(std::move(value)) : kNoValue);
  }
  graph_.nodes.push_back({source_.name, op_type(), std::move(op), std::move(inputs), results_});
}

void NodeContext::emit_constant(Tensor tensor) {
  results_.push_back(graph_.add_constant(source_.proto->output(0), std::move(tensor)));
}

}  // namespace colonnade
