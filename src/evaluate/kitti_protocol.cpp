#include "evaluate/kitti_protocol.hpp"

#include <algorithm>
#include <cmath>

#include "base/ascii.hpp"
#include "evaluate/overlap.hpp"

namespace colonnade {
namespace {

/// Of one frame: every label with every prediction that it shares anything with, all classes.
struct FrameOverlaps {
  std::array<std::vector<MatchFrame::Pair>, 3> by_metric;
  std::vector<double> dont_care;  ///< Of each prediction: its greatest share inside a region.
};

/// Where a label or a prediction stands for one class and difficulty.
enum class Standing : std::uint8_t { counts, ignored, other };

struct Job {
  const KittiClass* kind;
  const KittiDifficulty* difficulty;
  KittiMetric metric;
  double min_overlap;
};

bool same_name(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

FrameOverlaps overlaps_of(const FramePair<KittiObject>& frame) {
  FrameOverlaps out;
  out.dont_care.resize(frame.predictions.size());
  std::vector<UprightBox> predictions;
  for (const KittiObject& prediction : frame.predictions) {
    predictions.push_back(upright(prediction.box));
  }
  for (std::size_t i = 0; i < frame.labels.size(); ++i) {
    const KittiObject& label = frame.labels[i];
    const UprightBox label_box = upright(label.box);
    for (std::size_t j = 0; j < frame.predictions.size(); ++j) {
      const ImageBox& image = frame.predictions[j].image;
      if (label.is_region()) {
        out.dont_care[j] = std::max(out.dont_care[j], image_share(image, label.image));
        continue;
      }
      const Ious iou = ious(label_box, predictions[j]);
      const double overlap[] = {image_iou(label.image, image), iou.ground, iou.space};
      for (std::size_t m = 0; m < out.by_metric.size(); ++m) {
        if (overlap[m] <= 0) continue;
        out.by_metric[m].push_back(
            {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j), overlap[m]});
      }
    }
  }
  return out;
}

Standing standing_of_label(const KittiObject& label, const Job& job) noexcept {
  const bool neighbour = !job.kind->neighbour.empty() && same_name(label.type, job.kind->neighbour);
  if (neighbour) return Standing::ignored;
  if (!same_name(label.type, job.kind->name)) return Standing::other;
  const KittiDifficulty& most = *job.difficulty;
  const double height = label.image.bottom - label.image.top;
  const bool beyond = label.occluded > most.occluded || label.truncated > most.truncated ||
                      height <= most.above_height;
  return beyond ? Standing::ignored : Standing::counts;
}

/// A prediction that is too low in the image is ignored whatever its class: so it is in the devkit.
Standing standing_of_prediction(const KittiObject& prediction, const Job& job) noexcept {
  const double height = std::abs(prediction.image.bottom - prediction.image.top);
  if (height < job.difficulty->above_height) return Standing::ignored;
  return same_name(prediction.type, job.kind->name) ? Standing::counts : Standing::other;
}

constexpr std::uint32_t kLeftOut = ~std::uint32_t{0};

MatchFrame match_frame(const FramePair<KittiObject>& frame, const FrameOverlaps& overlaps,
                       const Job& job) {
  MatchFrame out;
  std::vector<std::uint32_t> labels(frame.labels.size(), kLeftOut);
  std::vector<std::uint32_t> predictions(frame.predictions.size(), kLeftOut);
  for (std::size_t i = 0; i < frame.labels.size(); ++i) {
    const Standing standing = standing_of_label(frame.labels[i], job);
    if (standing == Standing::other) continue;
    labels[i] = static_cast<std::uint32_t>(out.labels.size());
    out.labels.push_back({standing == Standing::ignored, frame.labels[i].alpha});
  }
  for (std::size_t j = 0; j < frame.predictions.size(); ++j) {
    const KittiObject& prediction = frame.predictions[j];
    const Standing standing = standing_of_prediction(prediction, job);
    if (standing == Standing::other) continue;
    predictions[j] = static_cast<std::uint32_t>(out.predictions.size());
    const bool in_dont_care =
        job.metric == KittiMetric::image && overlaps.dont_care[j] > job.min_overlap;
    out.predictions.push_back(
        {standing == Standing::ignored, in_dont_care, prediction.alpha, prediction.score});
  }
  for (const auto& [label, prediction, overlap] :
       overlaps.by_metric[static_cast<std::size_t>(job.metric)]) {
    if (overlap <= job.min_overlap) continue;
    if (labels[label] == kLeftOut || predictions[prediction] == kLeftOut) continue;
    out.pairs.push_back({labels[label], predictions[prediction], overlap});
  }
  return out;
}

KittiCell evaluate(std::span<const FramePair<KittiObject>> frames,
                   std::span<const FrameOverlaps> overlaps, const Job& job, double score) {
  KittiCell cell;
  cell.class_name = job.kind->name;
  cell.metric = job.metric;
  cell.difficulty = job.difficulty->name;
  cell.min_overlap = job.min_overlap;
  std::vector<MatchFrame> matches;
  std::vector<double> found_scores;
  for (std::size_t f = 0; f < frames.size(); ++f) {
    MatchFrame match = match_frame(frames[f], overlaps[f], job);
    if (match.labels.empty() && match.predictions.empty()) continue;
    for (const MatchFrame::Label& label : match.labels) cell.labels += label.ignored ? 0 : 1;
    append_found_scores(match, found_scores);
    cell.at_score += match_at(match, score);
    matches.push_back(std::move(match));
  }
  if (cell.labels == 0) return cell;
  const std::vector<double> thresholds = recall_thresholds(std::move(found_scores), cell.labels);
  for (std::size_t t = 0; t < std::min(thresholds.size(), cell.precision.size()); ++t) {
    MatchCounts counts;
    for (const MatchFrame& match : matches) counts += match_at(match, thresholds[t]);
    const auto predicted = static_cast<double>(counts.found + counts.wrong);
    if (predicted == 0) continue;
    cell.precision[t] = static_cast<double>(counts.found) / predicted;
    cell.orientation[t] = counts.similarity / predicted;
  }
  make_falling(cell.precision);
  make_falling(cell.orientation);
  return cell;
}

std::vector<Job> all_jobs() {
  std::vector<Job> jobs;
  for (const KittiClass& kind : kKittiClasses) {
    const std::pair<KittiMetric, double> measures[] = {
        {KittiMetric::image, kind.image},  {KittiMetric::ground, kind.strict},
        {KittiMetric::ground, kind.loose}, {KittiMetric::space, kind.strict},
        {KittiMetric::space, kind.loose},
    };
    for (const auto& [metric, overlap] : measures) {
      for (const KittiDifficulty& difficulty : kKittiDifficulties) {
        jobs.push_back({&kind, &difficulty, metric, overlap});
      }
    }
  }
  return jobs;
}

}  // namespace

bool is_kitti_class(std::string_view name) noexcept {
  return std::any_of(kKittiClasses.begin(), kKittiClasses.end(),
                     [&](const KittiClass& kind) { return same_name(kind.name, name); });
}

KittiReport evaluate_kitti(std::span<const FramePair<KittiObject>> frames, double score,
                           Executor& executor) {
  std::vector<FrameOverlaps> overlaps(frames.size());
  executor.for_each(frames.size(),
                    [&](std::size_t f, int) { overlaps[f] = overlaps_of(frames[f]); });
  const std::vector<Job> jobs = all_jobs();
  KittiReport report;
  report.cells.resize(jobs.size());
  executor.for_each(jobs.size(), [&](std::size_t k, int) {
    report.cells[k] = evaluate(frames, overlaps, jobs[k], score);
  });
  for (const FramePair<KittiObject>& frame : frames) {
    for (const KittiObject& prediction : frame.predictions) {
      report.has_orientation = report.has_orientation || prediction.alpha != -10;
    }
  }
  return report;
}

}  // namespace colonnade
