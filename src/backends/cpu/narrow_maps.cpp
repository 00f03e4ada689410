// A narrowed map's sizes are those of a map with half as many floats a cell: the steps after this
// one (bands, active cells, backgrounds) needn't know.
#include "backends/cpu/narrow_maps.hpp"

#include "backends/cpu/memory.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kWord = 4;  ///< Bytes.

bool all_even(std::initializer_list<std::int64_t> numbers) {
  for (const std::int64_t number : numbers) {
    if (number % 2 != 0) return false;
  }
  return true;
}

bool is_bf16(const ConvPiece& piece) {
  return piece.weights && piece.weights->kernel->precision == Precision::bf16;
}

bool may_read_narrow(const ConvStep& step, const ConvPiece& piece) {
  return is_bf16(piece) && all_even({piece.inputs(), piece.args.input_cell, step.input_image,
                                     piece.input.byte / kWord});
}

bool may_write_narrow(const ConvStep& step, const ConvPiece& piece) {
  return is_bf16(piece) &&
         all_even({piece.outputs(), piece.args.output_cell, piece.args.output_row,
                   step.output_image, step.map.channels, piece.output.byte / kWord});
}

void mark_wide(const Step& step, std::vector<bool>& narrow) {
  const auto* conv = std::get_if<ConvStep>(&step);
  if (conv == nullptr) {
    for_each_operand(step, [&](const Ref& ref, bool) { narrow[ref.buffer] = false; });
    return;
  }
  for (const ConvPiece& piece : conv->pieces) {
    if (!may_read_narrow(*conv, piece)) narrow[piece.input.buffer] = false;
    if (!may_write_narrow(*conv, piece)) narrow[piece.output.buffer] = false;
  }
}

void narrow_step(ConvStep& step, const std::vector<bool>& narrow) {
  const bool input = narrow[step.pieces.front().input.buffer];
  const bool output = narrow[step.pieces.front().output.buffer];
  if (input) step.input_image /= 2;
  if (output) step.output_image /= 2, step.map.channels /= 2;
  for (ConvPiece& piece : step.pieces) {
    ConvArgs& args = piece.args;
    if (input) {
      args.input_type = DType::bf16;
      args.input_cell /= 2;
      piece.input.byte /= 2;
    }
    if (output) {
      args.output_type = DType::bf16;
      args.output_cell /= 2;
      args.output_row /= 2;
      piece.output.byte /= 2;
    }
  }
}

}  // namespace

void narrow_maps(Plan& plan) {
  std::vector<bool> narrow(plan.buffers.size());
  for (std::size_t b = 0; b < narrow.size(); ++b) {
    narrow[b] = plan.buffers[b].kind == Buffer::Kind::arena;  // The image's canvas isn't.
  }
  for (const Slot& slot : plan.outputs) narrow[slot.ref.buffer] = false;
  for (const Step& step : plan.steps) mark_wide(step, narrow);
  for (std::size_t b = 0; b < narrow.size(); ++b) {
    if (narrow[b]) plan.buffers[b].bytes /= 2;
  }
  for (Step& step : plan.steps) {
    if (auto* conv = std::get_if<ConvStep>(&step)) narrow_step(*conv, narrow);
  }
}

}  // namespace colonnade::cpu
