#include <cmath>
#include <nlohmann/json.hpp>

#include "evaluate/print.hpp"

namespace colonnade {
namespace {

using Json = nlohmann::ordered_json;

/// null where there is nothing to average, and for infinity.
Json number(bool known, double value) {
  return known && std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json head(const EvalInput& input, const char* protocol) {
  return Json{{"schema", kEvalSchema},
              {"protocol", protocol},
              {"predictions", input.predictions},
              {"labels", input.labels},
              {"frames", input.frames},
              {"label_count", input.objects},
              {"prediction_count", input.boxes},
              {"frames_without_predictions", input.without_predictions},
              {"frames_without_labels", input.without_labels},
              {"score", input.score}};
}

std::string line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json curve(bool known, const SampledCurve& samples) {
  return known ? Json(samples) : Json(nullptr);
}

}  // namespace

std::string kitti_json(const EvalInput& input, const KittiReport& report) {
  Json json = head(input, "kitti");
  Json results = Json::array();
  for (const KittiCell& cell : report.cells) {
    const bool any = cell.labels > 0;
    Json result{{"class", cell.class_name},
                {"metric", kKittiMetricNames[static_cast<std::size_t>(cell.metric)]},
                {"min_overlap", cell.min_overlap},
                {"difficulty", cell.difficulty},
                {"labels", cell.labels},
                {"ap_r40", number(any, average_r40(cell.precision))},
                {"ap_r11", number(any, average_r11(cell.precision))}};
    const bool oriented = cell.metric == KittiMetric::image && report.has_orientation;
    if (oriented) {
      result["aos_r40"] = number(any, average_r40(cell.orientation));
      result["aos_r11"] = number(any, average_r11(cell.orientation));
    }
    result["found"] = cell.at_score.found;
    result["missed"] = cell.at_score.missed;
    result["false"] = cell.at_score.wrong;
    result["precision"] = curve(any, cell.precision);
    if (oriented) result["orientation"] = curve(any, cell.orientation);
    results.push_back(std::move(result));
  }
  json["results"] = std::move(results);
  return line(json);
}

std::string lidar_json(const EvalInput& input, const LidarOptions& options,
                       std::span<const LidarRow> rows) {
  Json json = head(input, "lidar");
  json["metric"] = name_of(options.metric);
  json["within_m"] = number(true, options.within);
  json["min_points"] = options.min_points;
  Json results = Json::array();
  for (const LidarRow& row : rows) {
    const bool any = row.labels > 0, precise = any && row.has_precision();
    results.push_back({{"class", row.class_name},
                       {"threshold", row.threshold},
                       {"stratum", name_of(row.stratum)},
                       {"labels", row.labels},
                       {"ignored", row.ignored},
                       {"found", row.found},
                       {"missed", row.missed()},
                       {"false", row.has_precision() ? Json(row.wrong) : Json(nullptr)},
                       {"ap_r40", number(precise, row.ap_r40)},
                       {"ap_nuscenes", number(precise, row.ap_nuscenes)},
                       {"mean_distance_m", number(row.found > 0, row.mean_distance)},
                       {"mean_turn_rad", number(row.found > 0, row.mean_turn)},
                       {"precision", curve(precise, row.precision)}});
  }
  json["results"] = std::move(results);
  return line(json);
}

}  // namespace colonnade
