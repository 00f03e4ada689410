// A product of rows whose maximum over each group of rows is all that is read, as in a PFN: equal
// neighbours among a pillar's rows (the padding of its free slots) are computed once, and the
// products are never stored.
#include <algorithm>

#include "backends/cpu/memory.hpp"
#include "backends/cpu/pool_rows.hpp"

namespace colonnade::cpu {
namespace {

// The product's rows, one after the other.
bool is_product(const ConvStep& step) {
  if (step.pieces.size() != 1 || step.images != 1 || step.pieces[0].winograd) return false;
  const ConvPiece& piece = step.pieces[0];
  const ConvArgs& args = piece.args;
  return args.window == ConvWindow{} && piece.placement == Placement{} &&
         args.height * args.width == piece.cells && args.output_cell == piece.weights->outputs &&
         (args.output_width == piece.cells ||
          args.output_row == args.output_width * args.output_cell);
}

bool pools(const ReduceMaxStep& reduce, const ConvPiece& piece) {
  const std::int64_t outputs = piece.weights->outputs;
  return reduce.from.buffer == piece.output.buffer && reduce.from.byte == piece.output.byte &&
         reduce.inner == outputs && reduce.row == outputs &&
         reduce.outer * reduce.reduced == piece.cells;
}

// By buffer: how often it's read or written, outputs of the plan included.
std::vector<int> count_uses(const Plan& plan) {
  std::vector<int> uses(plan.buffers.size(), 0);
  for (const Step& step : plan.steps) {
    for_each_operand(step, [&](const Ref& ref, bool) { ++uses[ref.buffer]; });
  }
  for (const Slot& slot : plan.outputs) ++uses[slot.ref.buffer];
  return uses;
}

}  // namespace

void pool_rows(Plan& plan) {
  const std::vector<int> uses = count_uses(plan);
  std::vector<Step> steps;
  std::vector<std::string> names;
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const auto* conv = std::get_if<ConvStep>(&plan.steps[s]);
    const auto* reduce =
        s + 1 < plan.steps.size() ? std::get_if<ReduceMaxStep>(&plan.steps[s + 1]) : nullptr;
    if (s < plan.prologue || conv == nullptr || reduce == nullptr || !is_product(*conv) ||
        !pools(*reduce, conv->pieces[0]) || uses[reduce->from.buffer] != 2) {
      steps.emplace_back(std::move(plan.steps[s]));
      names.push_back(std::move(plan.names[s]));
      continue;
    }
    const ConvPiece& piece = conv->pieces[0];
    PooledRowsStep step;
    step.args = piece.args;
    step.weights = piece.weights;
    step.groups = reduce->outer;
    step.rows = reduce->reduced;
    step.from = piece.input;
    step.to = reduce->to;
    plan.scratch_bytes = std::max(plan.scratch_bytes, pooled_scratch_bytes(*step.weights));
    steps.emplace_back(std::move(step));
    names.push_back(plan.names[s] + " + " + plan.names[s + 1]);
    ++s;
  }
  plan.steps = std::move(steps);
  plan.names = std::move(names);
}

}  // namespace colonnade::cpu
