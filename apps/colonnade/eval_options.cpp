#include "eval_options.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

#include "cloud/text.hpp"
#include "colonnade/error.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

[[noreturn]] void refuse(const std::string& option, const std::string& message) {
  throw Error(ErrorCode::invalid_argument, option, message);
}

/// NAME=VALUE.
std::pair<std::string, std::string> assignment(const std::string& option, const std::string& text,
                                               const char* example) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    refuse(option + " " + text, fmt::format("expected {}", example));
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

/// Of 0,20,40: rising, from 0 on.
std::vector<double> edges(const std::string& option, const std::string& text) {
  std::vector<double> values;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    const auto value = parse_number<double>(std::string_view(text).substr(at, comma - at));
    if (!value || !std::isfinite(*value) || *value < 0 ||
        (!values.empty() && *value <= values.back())) {
      refuse(option + " " + text, "expected rising numbers from 0 on, as 0,20,40");
    }
    values.push_back(*value);
    at = comma + 1;
  }
  return values;
}

double threshold(LidarMetric metric, const std::string& option, std::string_view text) {
  const auto value = parse_number<double>(text);
  const bool metres = metric == LidarMetric::distance;
  const bool fits = value && std::isfinite(*value) && (metres ? *value > 0 : *value >= 0) &&
                    (metres || *value < 1);
  if (!fits) {
    refuse(option,
           metres ? "expected metres above 0" : "expected an IoU of at least 0 and below 1");
  }
  return *value;
}

}  // namespace

LidarOptions lidar_options(const EvalOptions& options) {
  LidarOptions result;
  result.metric = options.metric == "distance" ? LidarMetric::distance
                  : options.metric == "bev"    ? LidarMetric::ground
                                               : LidarMetric::space;
  for (const std::string& text : options.thresholds) {
    const std::string option = "--threshold " + text;
    if (text.find('=') == std::string::npos) {
      result.thresholds.push_back(threshold(result.metric, option, text));
    } else {
      const auto [name, value] = assignment("--threshold", text, "CLASS=X");
      result.class_thresholds[name] = threshold(result.metric, option, value);
    }
  }
  if (result.thresholds.empty()) {
    // nuScenes' four distances (Caesar et al. 2020).
    result.thresholds = result.metric == LidarMetric::distance ? std::vector<double>{.5, 1, 2, 4}
                                                               : std::vector<double>{.5};
  }
  for (const std::string& text : options.neighbours) {
    result.neighbours.push_back(assignment("--neighbour", text, "CLASS=CLASS, as Van=Car"));
  }
  if (options.within) result.within = *options.within;
  result.min_points = options.min_points;
  result.range_edges = edges("--ranges", options.ranges);
  for (const double edge : edges("--point-ranges", options.point_ranges)) {
    result.point_edges.push_back(static_cast<std::int64_t>(edge));
  }
  result.score = options.score;
  return result;
}

void add_eval_options(CLI::App& verb, EvalOptions& o) {
  verb.add_option("PREDICTIONS", o.predictions,
                  "Boxes with scores: folder of KITTI or OpenPCDet texts, or detect --json")
      ->type_name("DIR|.jsonl|.json")
      ->required();
  verb.add_option("LABELS", o.labels, "What is there, in any of these forms")
      ->type_name("DIR|.jsonl|.json")
      ->required();
  CLI::Option* lidar = verb.add_flag("--lidar", o.lidar,
                                     "Evaluate in the LiDAR's frame instead of by KITTI's rules");
  verb.add_option("--calib", o.calib,
                  "KITTI calibrations, a file a frame or one for all: for boxes in another frame "
                  "than the labels, or without a 2-D box")
      ->type_name("DIR|CALIB.txt");
  add_image_size(verb, o.image_size);
  verb.add_option("--score", o.score, "Count found, missed and false from this score on")
      ->type_name("X")
      ->capture_default_str();
  verb.add_flag("--missing-are-empty", o.missing_are_empty,
                "A labelled frame without predictions is one in which nothing was found");
  const auto with_lidar = [&verb, lidar](const char* name, auto& value, const std::string& text) {
    return verb.add_option(name, value, "With --lidar: " + text)->needs(lidar);
  };
  with_lidar("--metric", o.metric, "IoU in space or on the ground, or metres between centres")
      ->type_name("3d|bev|distance")
      ->check(CLI::IsMember({"3d", "bev", "distance"}))
      ->capture_default_str();
  with_lidar("--threshold", o.thresholds,
             "of one class, or of all others; may be repeated; 0.5, or 0.5, 1, 2 and 4 metres")
      ->type_name("X|CLASS=X")
      ->take_all();
  with_lidar("--neighbour", o.neighbours,
             "ignore labels of the first class for the second, as Van=Car; may be repeated")
      ->type_name("CLASS=CLASS")
      ->take_all();
  with_lidar("--within", o.within, "ignore what is farther away")
      ->type_name("METRES")
      ->check(CLI::PositiveNumber);
  with_lidar("--min-points", o.min_points, "ignore labels with fewer points")
      ->type_name("N")
      ->check(CLI::NonNegativeNumber);
  with_lidar("--ranges", o.ranges, "rows by distance too, as 0,20,40")->type_name("METRES,...");
  with_lidar("--point-ranges", o.point_ranges, "rows by points in the label too, as 1,20,100")
      ->type_name("N,...");
  with_lidar("--clouds", o.clouds, "clouds in which to count the points of labels")
      ->type_name("DIR");
  add_cloud_format(verb, o.format);
  verb.add_flag("--json", o.json, "One JSON object on standard output");
  verb.add_option("--curves", o.curves, "Picture of precision over recall")->type_name("OUT.png");
  add_threads(verb, o.threads);
}

}  // namespace colonnade
