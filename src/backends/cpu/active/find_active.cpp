#include <algorithm>
#include <numeric>

#include "backends/cpu/active/active_plan.hpp"
#include "backends/cpu/memory.hpp"

namespace colonnade::cpu {
namespace {

constexpr std::int64_t kWord = 4;  ///< Bytes.

/// What a buffer holds where all of it is one map.
struct Geometry {
  std::int64_t height = 0, width = 0, channels = 0;
  friend bool operator==(const Geometry&, const Geometry&) = default;
};

const ConvStep* conv(const Plan& plan, std::size_t step) {
  return std::get_if<ConvStep>(&plan.steps[step]);
}

class Finder {
 public:
  explicit Finder(Plan& plan)
      : plan_(plan),
        active_(plan.steps.size(), false),
        geometry_(plan.buffers.size()),
        writers_(plan.buffers.size()) {}

  ActivePlan run() {
    find_steps();
    if (std::count(active_.begin(), active_.end(), true) == 0) return {};
    make_maps();
    make_steps();
    return std::move(result_);
  }

 private:
  bool is_image(std::size_t buffer) const { return buffer == plan_.canvas.slot.ref.buffer; }

  // Begins with all steps that might be and takes away, until nothing changes, those whose input is
  // no such map and those that share their output with a step that isn't one.
  void find_steps() {
    for (std::size_t s = plan_.prologue; s < plan_.steps.size(); ++s) {
      const ConvStep* step = conv(plan_, s);
      active_[s] = step != nullptr && step->images == 1 && step->map.height > 0;
      for_each_operand(plan_.steps[s], [&](const Ref& ref, bool written) {
        auto& writers = writers_[ref.buffer];
        if (written && (writers.empty() || writers.back() != s)) writers.push_back(s);
      });
    }
    for (bool changed = true; changed;) {
      changed = false;
      std::fill(geometry_.begin(), geometry_.end(), Geometry{});
      const Slot& image = plan_.canvas.slot;
      geometry_[image.ref.buffer] = {image.shape[2], image.shape[3], image.cell()};
      for (std::size_t s = plan_.prologue; s < plan_.steps.size(); ++s) {
        if (!active_[s] || follows(*conv(plan_, s))) continue;
        active_[s] = false;
        changed = true;
      }
      for (const std::vector<std::size_t>& writers : writers_) {
        const auto is_active = [&](std::size_t s) { return active_[s]; };
        if (std::all_of(writers.begin(), writers.end(), is_active)) continue;
        for (const std::size_t s : writers) {
          changed |= active_[s];
          active_[s] = false;
        }
      }
    }
  }

  // Whether the step reads a map whole cell by whole cell and writes one; notes which.
  bool follows(const ConvStep& step) {
    const std::size_t output = step.pieces.front().output.buffer;
    const Geometry made{step.map.height, step.map.width, step.map.channels};
    for (const ConvPiece& piece : step.pieces) {
      const Geometry& from = geometry_[piece.input.buffer];
      const Geometry read{piece.args.height, piece.args.width, piece.args.input_cell};
      if (from.height == 0 || !(from == read) || piece.output.buffer != output ||
          piece.input.buffer != step.pieces.front().input.buffer ||
          piece.input.byte + piece.input_words() * kWord > from.channels * kWord) {
        return false;
      }
    }
    Geometry& known = geometry_[output];
    const Buffer::Kind kind = plan_.buffers[output].kind;
    if (is_image(output) || (kind != Buffer::Kind::arena && kind != Buffer::Kind::banded) ||
        (known.height != 0 && !(known == made))) {
      return false;
    }
    known = made;
    return true;
  }

  // A map's place in the order is its last writer's.
  void make_maps() {
    std::vector<std::size_t> buffers;
    for (std::size_t b = 0; b < geometry_.size(); ++b) {
      if (!is_image(b) && geometry_[b].height != 0) buffers.push_back(b);
    }
    std::sort(buffers.begin(), buffers.end(), [&](std::size_t a, std::size_t b) {
      return writers_[a].back() < writers_[b].back();
    });
    buffers.insert(buffers.begin(), plan_.canvas.slot.ref.buffer);
    map_of_.assign(plan_.buffers.size(), 0);
    for (const std::size_t b : buffers) {
      map_of_[b] = result_.maps.size();
      ActiveMap& map = result_.maps.emplace_back();
      map.buffer = b;
      map.height = geometry_[b].height;
      map.width = geometry_[b].width;
      map.channels = geometry_[b].channels;
      if (!is_image(b)) map.last_writer = writers_[b].back();
      map.one_writer = writers_[b].size() == 1;
      if (is_image(b)) {
        map.storage = ActiveMap::Storage::pillars;
      } else if (is_read_whole(b)) {
        map.storage = ActiveMap::Storage::whole;
        plan_.buffers[b].kind = Buffer::Kind::kept;
      }
    }
    std::erase_if(plan_.banded, [&](const BandedSteps& banded) {
      return plan_.buffers[banded.buffer].kind != Buffer::Kind::banded;
    });
  }

  bool is_read_whole(std::size_t buffer) const {
    bool whole = std::any_of(plan_.outputs.begin(), plan_.outputs.end(),
                             [&](const Slot& slot) { return slot.ref.buffer == buffer; });
    for (std::size_t s = plan_.prologue; s < plan_.steps.size(); ++s) {
      if (active_[s]) continue;
      for_each_operand(plan_.steps[s], [&](const Ref& ref, bool written) {
        whole |= !written && ref.buffer == buffer;
      });
    }
    return whole;
  }

  template <typename T>
  static std::size_t index_of(const T& value, std::vector<T>& values) {
    const auto found = std::find(values.begin(), values.end(), value);
    const auto index = static_cast<std::size_t>(found - values.begin());
    if (index == values.size()) values.push_back(value);
    return index;
  }

  // The cells that steps before this one write into channels [first, end) of a map.
  std::size_t set_before(std::size_t step, std::size_t map, std::int64_t first, std::int64_t end) {
    if (map == 0) return 0;
    ActiveSet set{result_.maps[map].height, result_.maps[map].width, {}};
    for (std::size_t s = 0; s < step; ++s) {
      const std::optional<ActiveStep>& writer = result_.steps[s];
      if (!writer || writer->output != map || writer->first_channel >= end ||
          writer->end_channel <= first) {
        continue;
      }
      for (const ActiveSet::Part& part : result_.sets[writer->set].parts) {
        index_of(part, set.parts);
      }
    }
    return index_of(set, result_.sets);
  }

  void make_steps() {
    const ActiveMap& image = result_.maps[0];
    result_.sets.push_back({image.height, image.width, {}});
    result_.canvas_is_read = is_read_whole(image.buffer);
    result_.steps.resize(plan_.steps.size());
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      if (active_[s]) result_.steps[s] = make_step(s);
    }
    for (std::size_t m = 0; m < result_.maps.size(); ++m) {
      result_.maps[m].set = set_before(plan_.steps.size(), m, 0, result_.maps[m].channels);
    }
  }

  ActiveStep make_step(std::size_t s) {
    const ConvStep& step = *conv(plan_, s);
    ActiveStep active;
    active.input = map_of_[step.pieces.front().input.buffer];
    active.output = map_of_[step.pieces.front().output.buffer];
    active.first_channel = result_.maps[active.output].channels;
    ActiveSet set{step.map.height, step.map.width, {}};
    for (const ConvPiece& piece : step.pieces) {
      const std::int64_t read = piece.input.byte / kWord, written = step.channel_of(piece);
      const std::int64_t width = piece.args.output_width;
      const ActiveGrid grid{set_before(s, active.input, read, read + piece.input_words()),
                            piece.args.window, piece.cells / width, width};
      active.grids.push_back(index_of(grid, result_.grids));
      index_of({active.grids.back(), piece.placement}, set.parts);
      active.first_channel = std::min(active.first_channel, written);
      active.end_channel = std::max(active.end_channel, written + piece.output_words());
    }
    active.set = index_of(set, result_.sets);
    return active;
  }

  Plan& plan_;
  std::vector<bool> active_;                       ///< By step.
  std::vector<Geometry> geometry_;                 ///< By buffer.
  std::vector<std::vector<std::size_t>> writers_;  ///< By buffer.
  std::vector<std::size_t> map_of_;                ///< By buffer.
  ActivePlan result_;
};

}  // namespace

ActivePlan find_active(Plan& plan) {
  if (!plan.canvas.present) return {};
  return Finder(plan).run();
}

}  // namespace colonnade::cpu
