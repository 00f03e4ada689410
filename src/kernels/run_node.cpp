#include "kernels/run_node.hpp"

#include <fmt/core.h>

#include <new>
#include <stdexcept>

#include "colonnade/error.hpp"

namespace colonnade {
namespace {

template <typename F>
auto placed_at(const Node& node, F&& f) {
  try {
    return f();
  } catch (const Error& e) {
    throw Error(e.code(), place_of(node), e.what());
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::limit, place_of(node), "there isn't enough memory");
  } catch (const std::length_error&) {  // A vector of more elements than memory has addresses for.
    throw Error(ErrorCode::limit, place_of(node), "there isn't enough memory");
  }
}

Tensor allocate_output(const TypeInfo& type) {
  if (!type.shape || !type.shape->is_static()) {
    throw Error(ErrorCode::internal, "the shape of an output can't be told from the inputs");
  }
  return Tensor(type.dtype, *type.shape);
}

std::vector<Tensor> run(const Node& node, std::span<const ConstTensorView> inputs, Budget* budget) {
  std::vector<TypeInfo> types;
  for (const ConstTensorView& input : inputs) {
    types.push_back({input.dtype, input.shape, input, input.present});
  }
  const std::vector<TypeInfo> output_types = infer_types(node, types);
  if (output_types.size() < node.outputs.size()) {
    throw Error(ErrorCode::unsupported, fmt::format("expected at most {} outputs, found {}",
                                                    output_types.size(), node.outputs.size()));
  }
  if (budget != nullptr) {
    if (const std::optional<Cost> cost = cost_of(node, types, output_types)) budget->admit(*cost);
  }
  std::vector<Tensor> outputs;
  std::vector<TensorView> views;
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    const bool wanted = node.outputs[i] != kNoValue;
    outputs.push_back(wanted ? allocate_output(output_types[i]) : Tensor());
    views.push_back(wanted ? outputs.back().view()
                           : TensorView{output_types[i].dtype,
                                        output_types[i].shape.value_or(Shape{}), nullptr});
  }
  compute_reference(node, inputs, views);
  return outputs;
}

}  // namespace

std::string place_of(const Node& node) {
  return fmt::format("node '{}' ({})", node.name,
                     node.onnx_op.empty() ? name_of(node.op) : std::string_view(node.onnx_op));
}

std::vector<TypeInfo> infer_node(const Node& node, std::span<const TypeInfo> inputs) {
  return placed_at(node, [&] { return infer_types(node, inputs); });
}

std::vector<Tensor> run_node(const Node& node, std::span<const ConstTensorView> inputs,
                             Budget* budget) {
  return placed_at(node, [&] { return run(node, inputs, budget); });
}

}  // namespace colonnade
