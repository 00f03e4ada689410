// Resize in all its versions, and Upsample, its name before opset 10.
#include <fmt/core.h>

#include <span>
#include <utility>

#include "onnx/builders.hpp"

namespace colonnade {
namespace {

template <typename Enum>
using Choices = std::span<const std::pair<std::string_view, Enum>>;

template <typename Enum>
Enum choose(const NodeContext& node, const char* attribute, const char* fallback,
            Choices<Enum> choices) {
  const std::string wanted = node.text(attribute, fallback);
  for (const auto& [name, value] : choices) {
    if (name == wanted) return value;
  }
  throw Unsupported{fmt::format("{} '{}' isn't supported", attribute, wanted)};
}

op::ResizeMode resize_mode(const NodeContext& node) {
  constexpr std::pair<std::string_view, op::ResizeMode> choices[] = {
      {"nearest", op::ResizeMode::nearest},
      {"linear", op::ResizeMode::linear},
      {"bilinear", op::ResizeMode::linear},
      {"cubic", op::ResizeMode::cubic}};
  return choose<op::ResizeMode>(node, "mode", "nearest", choices);
}

op::ResizeCoordinates coordinates(const NodeContext& node) {
  using enum op::ResizeCoordinates;
  constexpr std::pair<std::string_view, op::ResizeCoordinates> choices[] = {
      {"half_pixel", half_pixel},
      {"half_pixel_symmetric", half_pixel_symmetric},
      {"pytorch_half_pixel", pytorch_half_pixel},
      {"align_corners", align_corners},
      {"asymmetric", asymmetric},
      {"tf_crop_and_resize", tf_crop_and_resize}};
  return choose<op::ResizeCoordinates>(node, "coordinate_transformation_mode", "half_pixel",
                                       choices);
}

op::NearestMode nearest_mode(const NodeContext& node) {
  using enum op::NearestMode;
  constexpr std::pair<std::string_view, op::NearestMode> choices[] = {
      {"round_prefer_floor", round_prefer_floor},
      {"round_prefer_ceil", round_prefer_ceil},
      {"floor", floor},
      {"ceil", ceil}};
  return choose<op::NearestMode>(node, "nearest_mode", "round_prefer_floor", choices);
}

op::AspectPolicy aspect_policy(const NodeContext& node) {
  using enum op::AspectPolicy;
  constexpr std::pair<std::string_view, op::AspectPolicy> choices[] = {
      {"stretch", stretch}, {"not_larger", not_larger}, {"not_smaller", not_smaller}};
  return choose<op::AspectPolicy>(node, "keep_aspect_ratio_policy", "stretch", choices);
}

// Upsample (7: scales an attribute, 9: an input) and Resize-10 scale from the corner of the first
// cell, nearest downwards.
void upsample(NodeContext& node) {
  ValueId scales = node.input(1);
  if (scales == kNoValue) {
    const std::vector<float> values = node.reals("scales");
    if (values.empty()) node.fail(ErrorCode::format, "has no scales");
    scales =
        node.add_constant(Tensor::of<float>({static_cast<std::int64_t>(values.size())}, values));
  }
  op::Resize resize;
  resize.mode = resize_mode(node);
  resize.coordinates = op::ResizeCoordinates::asymmetric;
  resize.nearest = op::NearestMode::floor;
  node.emit(std::move(resize), {node.input(0), kNoValue, scales});
}

void resize(NodeContext& node) {
  if (node.opset() < 11) return upsample(node);
  op::Resize resize;
  resize.mode = resize_mode(node);
  resize.coordinates = coordinates(node);
  resize.nearest = nearest_mode(node);
  resize.aspect = aspect_policy(node);
  resize.axes = node.integers("axes");
  resize.antialias = node.flag("antialias", false);
  resize.exclude_outside = node.flag("exclude_outside", false);
  resize.cubic_coefficient = node.real("cubic_coeff_a", -0.75f);
  resize.extrapolation_value = node.real("extrapolation_value", 0);
  // PyTorch's exporter at opset 11 writes absent roi and scales as tensors without elements.
  std::vector<ValueId> inputs = node.inputs();
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    const Tensor constant = node.constant(i);
    if (constant && constant.elements() == 0) inputs[i] = kNoValue;
  }
  node.emit(std::move(resize), std::move(inputs));
}

constexpr OpBuilder kBuilders[] = {
    {"Resize", resize},
    {"Upsample", upsample},
};

}  // namespace

OpBuilders resize_builders() noexcept {
  return kBuilders;
}

}  // namespace colonnade
