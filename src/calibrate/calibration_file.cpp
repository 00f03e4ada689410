#include "calibrate/calibration_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

constexpr const char* kVersion = "colonnade_calibration";
constexpr int kFormat = 2;

[[noreturn]] void refuse(const std::string& path, const std::string& message) {
  throw Error(ErrorCode::format, path, message);
}

TensorRange range_of(const std::string& path, const std::string& tensor,
                     const nlohmann::json& ends) {
  TensorRange range{tensor, ends.at("low"), ends.at("highs"), ends.at("background")};
  const auto fits = [](float high) { return std::isfinite(high) && high >= 0; };
  if (!std::isfinite(range.low) || !std::all_of(range.highs.begin(), range.highs.end(), fits)) {
    refuse(path, fmt::format("the range of '{}' holds what is no end of one; expected `low`, and "
                             "`highs` of 0 or more, finite",
                             tensor));
  }
  const std::vector<float>& cells = range.background;
  if (!std::all_of(cells.begin(), cells.end(), [](float value) { return std::isfinite(value); }) ||
      (!cells.empty() && (range.highs.empty() || cells.size() % range.highs.size() != 0))) {
    refuse(path, fmt::format("the background of '{}' isn't whole cells: {} values for {} channels",
                             tensor, cells.size(), range.highs.size()));
  }
  return range;
}

}  // namespace

nlohmann::ordered_json calibration_json(const EngineCalibration& calibration) {
  nlohmann::ordered_json out{{"method", calibration.method},
                             {"model", calibration.model},
                             {"clouds", calibration.clouds},
                             {"ranges", nlohmann::ordered_json::object()}};
  for (const TensorRange& range : calibration.ranges) {
    out["ranges"][range.tensor] = {
        {"low", range.low}, {"highs", range.highs}, {"background", range.background}};
  }
  return out;
}

void write_calibration(const std::string& path, const EngineCalibration& calibration) {
  nlohmann::ordered_json out{{kVersion, kFormat}};
  out.update(calibration_json(calibration));
  write_file(path, out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

EngineCalibration read_calibration(const std::string& path) {
  const auto file = WholeFile::read(path);
  const auto json = nlohmann::json::parse(file->text(), nullptr, false);
  if (!json.is_object() || !json.contains(kVersion)) {
    refuse(path, "isn't a calibration, which `colonnade build --save-calibration` writes");
  }
  if (json[kVersion] != kFormat) {
    throw Error(
        ErrorCode::unsupported, path,
        fmt::format("is a calibration of another version; expected {}: calibrate again", kFormat));
  }
  try {
    EngineCalibration calibration{json.at("method"), json.at("model"), json.at("clouds"), {}};
    for (const auto& [tensor, ends] : json.at("ranges").items()) {
      calibration.ranges.push_back(range_of(path, tensor, ends));
    }
    return calibration;
  } catch (const nlohmann::json::exception& error) {
    refuse(path, std::string("is no whole calibration: ") + error.what());
  }
}

}  // namespace colonnade
