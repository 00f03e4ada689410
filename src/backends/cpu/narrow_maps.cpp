// A narrowed map's sizes are those of a map with fewer floats a cell: the steps after this one
// (bands, active cells, backgrounds) needn't know.
#include "backends/cpu/narrow_maps.hpp"

#include <memory>
#include <optional>
#include <vector>

#include "backends/cpu/memory.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kWord = 4;  ///< Bytes.

/// What a map is to be kept in: what all its readers make of it anyway.
struct Form {
  bool wide = false;           ///< Some step doesn't do with less than float32.
  std::optional<DType> asked;  ///< By its readers; none: nobody reads it.
  Scales scales;               ///< Of bytes.

  void ask(DType type, const Scales& own) {
    wide |= type == DType::f32 || (asked && (asked != type || scales != own));
    asked = type;
    scales = own;
  }
  /// f32, bf16 or u8.
  DType result() const { return wide || !asked ? DType::f32 : *asked; }
};

DType type_of(const ConvPiece& piece) {
  switch (piece.precision()) {
    case Precision::int8: return DType::u8;
    case Precision::bf16: return DType::bf16;
    default: return DType::f32;
  }
}

bool all_divide(std::initializer_list<std::int64_t> numbers, std::int64_t by) {
  for (const std::int64_t number : numbers) {
    if (number % by != 0) return false;
  }
  return true;
}

void note_reader(const ConvStep& step, const ConvPiece& piece, Form& form) {
  const DType type = type_of(piece);
  const ConvArgs& args = piece.args;
  const bool whole_cell = !piece.input_scales ||
                          static_cast<std::int64_t>(piece.input_scales->size()) == args.input_cell;
  const bool fits = whole_cell && all_divide({piece.inputs(), args.input_cell, step.input_image,
                                              piece.input.byte / kWord},
                                             channels_a_word(type));
  form.ask(fits ? type : DType::f32, piece.input_scales);
}

// Kernels of a reduced precision write any.
void note_writer(const ConvStep& step, const ConvPiece& piece, Form& form) {
  const bool fits = all_divide({piece.outputs(), piece.args.output_cell, piece.args.output_row,
                                step.output_image, step.map.channels, piece.output.byte / kWord},
                               channels_a_word(form.result()));
  form.wide |= !fits || type_of(piece) == DType::f32;
}

/// Of the channels that a piece writes.
Scales inverse_of(const std::vector<float>& scales, std::int64_t first, std::int64_t count) {
  auto inverse = std::make_shared<std::vector<float>>();
  for (std::int64_t c = first; c < first + count; ++c) {
    inverse->push_back(1 / scales.at(static_cast<std::size_t>(c)));
  }
  return inverse;
}

void narrow_step(ConvStep& step, const std::vector<Form>& forms) {
  const DType input = forms[step.pieces.front().input.buffer].result();
  const Form& written = forms[step.pieces.front().output.buffer];
  const DType output = written.result();
  const std::int64_t in = channels_a_word(input), out = channels_a_word(output);
  if (output == DType::u8) {
    for (ConvPiece& piece : step.pieces) {
      piece.output_inverse = inverse_of(*written.scales, step.channel_of(piece), piece.outputs());
    }
  }
  step.input_image /= in;
  step.output_image /= out;
  step.map.channels /= out;
  for (ConvPiece& piece : step.pieces) {
    ConvArgs& args = piece.args;
    args.input_type = input;
    args.input_cell /= in;
    piece.input.byte /= in;
    args.output_type = output;
    args.output_cell /= out;
    args.output_row /= out;
    piece.output.byte /= out;
  }
}

}  // namespace

void narrow_maps(Plan& plan) {
  std::vector<Form> forms(plan.buffers.size());
  for (const Step& step : plan.steps) {
    if (const auto* conv = std::get_if<ConvStep>(&step)) {
      for (const ConvPiece& piece : conv->pieces) {
        note_reader(*conv, piece, forms[piece.input.buffer]);
      }
    } else {
      for_each_operand(step, [&](const Ref& ref, bool) { forms[ref.buffer].wide = true; });
    }
  }
  for (const Step& step : plan.steps) {
    const auto* conv = std::get_if<ConvStep>(&step);
    if (conv == nullptr) continue;
    for (const ConvPiece& piece : conv->pieces) {
      note_writer(*conv, piece, forms[piece.output.buffer]);
    }
  }
  for (std::size_t b = 0; b < forms.size(); ++b) {  // The image's canvas isn't of the arena.
    if (plan.buffers[b].kind != Buffer::Kind::arena) forms[b].wide = true;
  }
  for (const Slot& slot : plan.outputs) forms[slot.ref.buffer].wide = true;
  for (std::size_t b = 0; b < forms.size(); ++b) {
    plan.buffers[b].bytes /= channels_a_word(forms[b].result());
  }
  for (Step& step : plan.steps) {
    if (auto* conv = std::get_if<ConvStep>(&step)) narrow_step(*conv, forms);
  }
}

}  // namespace colonnade::cpu
