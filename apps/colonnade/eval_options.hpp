// What the command line of eval says.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/lidar_protocol.hpp"
#include "image_size.hpp"

namespace colonnade {

struct EvalOptions {
  std::string predictions, labels;
  std::string calib, clouds, curves;
  std::string image_size = kImageSize, format = "auto", metric = "3d", ranges, point_ranges;
  std::vector<std::string> thresholds, neighbours;
  std::optional<double> within;
  std::int64_t min_points = 0;
  double score = .3;
  int threads = 0;
  bool lidar = false, json = false, missing_are_empty = false;
};

/// Declares every argument and option.
void add_eval_options(CLI::App& verb, EvalOptions& options);

/// What is set with --lidar. Error(invalid_argument) names the option.
LidarOptions lidar_options(const EvalOptions& options);

}  // namespace colonnade
