#include "backends/cpu/bands.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "backends/cpu/memory.hpp"

namespace colonnade::cpu {
namespace {

// Of a band: what a core's own cache holds beside weights and inputs. And at least so many bands,
// for threads to share.
constexpr std::int64_t kBandBytes = 512 * 1024, kBands = 32;

const ConvStep* direct_conv(const Step& step) {
  const auto* conv = std::get_if<ConvStep>(&step);
  return conv != nullptr && conv->images == 1 && conv->pieces[0].weights ? conv : nullptr;
}

// Fills all but the steps' numbers.
bool reads_cell_by_cell(const ConvStep& step, BandedSteps& banded) {
  const ConvArgs& map = step.pieces[0].args;
  banded.buffer = step.pieces[0].input.buffer;
  banded.height = map.height;
  banded.width = map.width;
  banded.channels = map.input_cell;
  return std::all_of(step.pieces.begin(), step.pieces.end(), [&](const ConvPiece& piece) {
    const ConvArgs& args = piece.args;
    return piece.input.buffer == banded.buffer && args.window == ConvWindow{} &&
           args.height == banded.height && args.width == banded.width &&
           args.input_cell == banded.channels && args.output_width == banded.width &&
           piece.cells == banded.height * banded.width && piece.placement == Placement{};
  });
}

bool writes(const ConvStep& step, const BandedSteps& banded) {
  return step.map.height == banded.height && step.map.width == banded.width &&
         step.map.channels == banded.channels &&
         std::all_of(step.pieces.begin(), step.pieces.end(), [&](const ConvPiece& piece) {
           return piece.output.buffer == banded.buffer && piece.input.buffer != banded.buffer;
         });
}

class Joiner {
 public:
  explicit Joiner(Plan& plan) : plan_(plan) {}

  void run() {
    for (std::size_t s = plan_.prologue; s < plan_.steps.size(); ++s) {
      const std::optional<BandedSteps> banded = read_at(s);
      if (!banded) continue;
      plan_.banded.push_back(*banded);
      plan_.buffers[banded->buffer].kind = Buffer::Kind::banded;
    }
  }

 private:
  std::optional<BandedSteps> read_at(std::size_t reader) {
    BandedSteps banded;
    const ConvStep* step = direct_conv(plan_.steps[reader]);
    if (step == nullptr || !reads_cell_by_cell(*step, banded) || !find_steps(reader, banded) ||
        !choose_rows(banded)) {
      return {};
    }
    // The writers go down to the first reader, in their order; the other readers up to it.
    std::size_t to = reader;
    for (auto writer = writers_.rbegin(); writer != writers_.rend(); ++writer) move(*writer, --to);
    to = reader;
    for (const std::size_t other : readers_) move(other, to++);
    banded.first = reader - writers_.size();
    banded.first_reader = reader;
    banded.last = reader + readers_.size() - 1;
    return banded;
  }

  void move(std::size_t from, std::size_t to) {
    const auto move_in = [&](auto& list) {
      const auto at = [&](std::size_t i) { return list.begin() + static_cast<std::ptrdiff_t>(i); };
      if (from < to) {
        std::rotate(at(from), at(from + 1), at(to + 1));
      } else {
        std::rotate(at(to), at(from), at(from + 1));
      }
    };
    move_in(plan_.steps);
    move_in(plan_.names);
  }

  // Nobody but the steps that are noted writes the map, before `first`, and reads it, from there
  // on; what they read and write otherwise is untouched on the way that they move.
  bool find_steps(std::size_t first, const BandedSteps& banded) {
    writers_.clear();
    readers_.clear();
    if (plan_.buffers[banded.buffer].kind != Buffer::Kind::arena) return false;
    for (const Slot& slot : plan_.outputs) {
      if (slot.ref.buffer == banded.buffer) return false;
    }
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      bool reads = false, written = false;
      for_each_operand(plan_.steps[s], [&](const Ref& ref, bool write) {
        if (ref.buffer == banded.buffer) (write ? written : reads) = true;
      });
      if (!reads && !written) continue;
      const ConvStep* step = direct_conv(plan_.steps[s]);
      if (step == nullptr || (reads && written)) return false;
      if (reads) {
        BandedSteps same;
        if (s < first || !reads_cell_by_cell(*step, same) || same.buffer != banded.buffer ||
            !is_free(*step, first, s)) {
          return false;
        }
        readers_.push_back(s);
      } else {
        if (s < first_free() || s > first || !writes(*step, banded) || !stays(*step, s, first)) {
          return false;
        }
        writers_.push_back(s);
      }
    }
    return !writers_.empty();
  }

  // Whether nobody in between cares when the step writes.
  bool is_free(const ConvStep& step, std::size_t first, std::size_t at) const {
    bool free = true;
    for (std::size_t s = first; s < at; ++s) {
      for_each_operand(plan_.steps[s], [&](const Ref& ref, bool) {
        for (const ConvPiece& piece : step.pieces) free &= ref.buffer != piece.output.buffer;
      });
    }
    return free;
  }

  // Steps before it have their places already.
  std::size_t first_free() const {
    return plan_.banded.empty() ? plan_.prologue : plan_.banded.back().last + 1;
  }

  bool stays(const ConvStep& step, std::size_t from, std::size_t to) const {
    bool stays = true;
    for (std::size_t s = from + 1; s <= to; ++s) {
      for_each_operand(plan_.steps[s], [&](const Ref& ref, bool write) {
        for (const ConvPiece& piece : step.pieces) {
          stays &= !(write && ref.buffer == piece.input.buffer);
        }
      });
    }
    return stays;
  }

  // False: not more than one band.
  bool choose_rows(BandedSteps& banded) const {
    std::int64_t step = 1;
    for (const std::size_t writer : writers_) {
      for (const ConvPiece& piece : std::get<ConvStep>(plan_.steps[writer]).pieces) {
        step = std::lcm(step, piece.placement.row_step);
        if (step > banded.height) return false;
      }
    }
    const auto row_bytes =
        banded.width * banded.channels * static_cast<std::int64_t>(sizeof(float));
    const std::int64_t most = std::min(kBandBytes / row_bytes, banded.height / kBands);
    banded.rows = std::max(most / step, std::int64_t{1}) * step;
    return banded.rows < banded.height;
  }

  Plan& plan_;
  std::vector<std::size_t> writers_, readers_;
};

}  // namespace

void join_bands(Plan& plan) {
  Joiner(plan).run();
}

}  // namespace colonnade::cpu
