// Where each buffer of a plan lies.
#pragma once

#include "backends/cpu/plan.hpp"

namespace colonnade::cpu {

/// Calls f(Ref, written) for every operand of a step.
template <typename F>
void for_each_operand(const Step& step, F&& f) {
  struct Visitor {
    F& f;
    void operator()(const ConvStep& s) const {
      for (const ConvPiece& piece : s.pieces) {
        f(piece.input, false), f(piece.output, true);
      }
    }
    void operator()(const DepthwiseStep& s) const { f(s.from, false), f(s.to, true); }
    void operator()(const SeparableStep& s) const { f(s.from, false), f(s.to, true); }
    void operator()(const CopyStep& s) const { f(s.from, false), f(s.to, true); }
    void operator()(const UnaryStep& s) const { f(s.from, false), f(s.to, true); }
    void operator()(const BinaryStep& s) const { f(s.a, false), f(s.b, false), f(s.to, true); }
    void operator()(const ReduceMaxStep& s) const { f(s.from, false), f(s.to, true); }
    void operator()(const ScatterStep& s) const {
      f(s.features, false), f(s.coords, false), f(s.count, false), f(s.canvas.ref, true);
    }
    void operator()(const ReferenceStep& s) const {
      for (const auto& operand : s.inputs) {
        if (operand.type.present) f(operand.ref, false);
      }
      for (const auto& operand : s.outputs) {
        if (operand.type.present) f(operand.ref, true);
      }
    }
  };
  std::visit(Visitor{f}, step);
}

/// Gives arena and kept buffers their offsets; buffers whose lives don't meet share the arena.
void place_buffers(Plan& plan);

}  // namespace colonnade::cpu
