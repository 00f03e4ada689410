#include "verify/precision_loss.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "colonnade/error.hpp"
#include "evaluate/frames.hpp"
#include "evaluate/kitti_protocol.hpp"
#include "evaluate/lidar_protocol.hpp"
#include "verify/intervals.hpp"

namespace colonnade {
namespace {

// Each draw evaluates all frames twice; 95 % of 100 is steady to a tenth of a percent of AP.
constexpr std::size_t kDraws = 100;

struct Average {
  double percent = 0;
  std::uint64_t labels = 0;
};
using Averages = std::map<std::string, Average>;

Averages averages(std::span<const FramePair<KittiObject>> frames, Executor& executor) {
  Averages result;
  for (const KittiCell& cell : evaluate_kitti(frames, 0, executor).cells) {
    const auto strict = [&](const KittiClass& kind) {
      return kind.name == cell.class_name && kind.strict == cell.min_overlap;
    };
    if (cell.metric == KittiMetric::space && cell.difficulty == "moderate" && cell.labels > 0 &&
        std::any_of(kKittiClasses.begin(), kKittiClasses.end(), strict)) {
      result[std::string(cell.class_name)] = {average_r40(cell.precision),
                                              static_cast<std::uint64_t>(cell.labels)};
    }
  }
  return result;
}

Averages averages(std::span<const FramePair<LidarObject>> frames, Executor& executor) {
  LidarOptions options;
  options.thresholds = {0.5};
  Averages result;
  for (const LidarRow& row : evaluate_lidar(frames, options, executor)) {
    if (row.labels > 0) {
      result[row.class_name] = {row.ap_r40, static_cast<std::uint64_t>(row.labels)};
    }
  }
  return result;
}

template <class Object>
std::vector<FramePair<Object>> drawn(const std::vector<FramePair<Object>>& pairs,
                                     std::span<const std::size_t> frames) {
  std::vector<FramePair<Object>> result;
  for (const std::size_t frame : frames) result.push_back(pairs[frame]);
  return result;
}

template <class Object>
std::vector<GatePrecision> compare(const std::vector<FramePair<Object>>& exact,
                                   const std::vector<FramePair<Object>>& effective, double limit,
                                   Executor& executor) {
  std::vector<GatePrecision> rows;
  const Averages before = averages(std::span(exact), executor);
  Averages after = averages(std::span(effective), executor);
  for (const auto& [name, value] : before) {
    rows.push_back({name, value.labels, value.percent, after[name].percent, 0, 0, limit});
  }
  // The same draws for all classes: a frame's objects come together.
  std::map<std::string, std::vector<double>> differences;
  bootstrap(exact.size(), kDraws, [&](std::span<const std::size_t> frames) {
    const auto some_before =
        averages(std::span<const FramePair<Object>>(drawn(exact, frames)), executor);
    auto some_after =
        averages(std::span<const FramePair<Object>>(drawn(effective, frames)), executor);
    for (const auto& [name, value] : some_before) {
      differences[name].push_back(some_after[name].percent - value.percent);
    }
    return 0.0;
  });
  for (GatePrecision& row : rows) {
    const Interval interval = middle_of(differences[row.class_name]);
    row.low = interval.low;
    row.high = interval.high;
  }
  return rows;
}

}  // namespace

std::vector<GatePrecision> precision_loss(const Frames<LidarObject>& exact,
                                          const Frames<LidarObject>& effective,
                                          const std::string& labels, const std::string& calib,
                                          double limit, Executor& executor) {
  ObjectSet given = read_objects(labels, Role::labels);
  std::optional<Calibrations> calibrations;
  if (!calib.empty()) calibrations.emplace(calib);
  const Calibrations* known = calibrations ? &*calibrations : nullptr;
  ObjectSet before{"the engine in fp32", ObjectFormat::json, {}, exact};
  ObjectSet after{"the engine", ObjectFormat::json, {}, effective};
  const auto refuse_none = [&](std::size_t frames) {
    if (frames > 0) return;
    throw Error(ErrorCode::mismatch, labels,
                "has labels of none of the clouds; they match by the names of their files");
  };
  if (given.format == ObjectFormat::kitti) {
    to_kitti(before, given, known, ImageSize());
    to_kitti(after, given, known, ImageSize());
    const auto first = join_frames(std::move(before.kitti), given.kitti, false);
    const auto second = join_frames(std::move(after.kitti), given.kitti, false);
    refuse_none(first.pairs.size());
    return compare(first.pairs, second.pairs, limit, executor);
  }
  const auto first = join_frames(std::move(before.lidar), given.lidar, false);
  const auto second = join_frames(std::move(after.lidar), given.lidar, false);
  refuse_none(first.pairs.size());
  return compare(first.pairs, second.pairs, limit, executor);
}

}  // namespace colonnade
