#include "kernels/order.hpp"
#include "kernels/pool/pool_window.hpp"
#include "kernels/reference_ops.hpp"

namespace colonnade::reference {
namespace {

// Where an input element lies in its plane: ONNX numbers it along rows, or with storage_order 1
// along columns.
std::int64_t plane_index(const SpatialWindow& window, bool column_major, std::int64_t d,
                         std::int64_t h, std::int64_t w) {
  const std::int64_t depth = window.depth().input, height = window.height().input;
  return column_major ? d + depth * (h + height * w) : (d * height + h) * window.width().input + w;
}

// `y` or `indices` may be null: an output that nobody reads.
template <typename T>
void pool_plane(const SpatialWindow& window, bool column_major, const T* x, std::int64_t base, T* y,
                std::int64_t* indices) {
  for_each_window(window, [&](std::int64_t od, std::int64_t oh, std::int64_t ow) {
    Wide<T> best = least<T>();
    std::int64_t where = -1;  // Stays when the window holds nothing but padding.
    for_each_tap(window, od, oh, ow, [&](std::int64_t d, std::int64_t h, std::int64_t w) {
      const auto value = static_cast<Wide<T>>(x[plane_index(window, false, d, h, w)]);
      if (where >= 0 && !is_above(value, best)) return;
      best = value;
      where = base + plane_index(window, column_major, d, h, w);
    });
    if (y != nullptr) *y++ = static_cast<T>(best);
    if (indices != nullptr) *indices++ = where;
  });
}

}  // namespace

Types infer(const op::MaxPool& op, InferInputs in, std::size_t outputs) {
  require_inputs(in, 1, 1);
  const std::optional<Shape> shape = pooled_shape(op.window, in[0], op.ceil_mode);
  Types types{type_of(in[0].dtype, shape)};
  if (outputs > 1) types.push_back(type_of(DType::i64, shape));
  return types;
}

void compute(const op::MaxPool& op, In in, Out out) {
  const SpatialWindow window = pool_window(op.window, in[0].shape, op.ceil_mode);
  const std::int64_t planes = in[0].shape.elements(0, 2);
  auto* indices = out.size() > 1 ? out[1].as<std::int64_t>() : nullptr;
  dispatch(in[0].dtype, [&]<typename T>(TypeTag<T>) {
    for (std::int64_t p = 0; p < planes; ++p) {
      const std::int64_t base = p * window.inputs(), first = p * window.outputs();
      pool_plane(window, op.storage_order != 0, in[0].as<T>() + base, base,
                 out[0].data == nullptr ? nullptr : out[0].as<T>() + first,
                 indices == nullptr ? nullptr : indices + first);
    }
  });
}

}  // namespace colonnade::reference
