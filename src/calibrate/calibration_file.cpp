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

[[noreturn]] void refuse(const std::string& path, const std::string& message) {
  throw Error(ErrorCode::format, path, message);
}

TensorRange range_of(const std::string& path, const std::string& tensor,
                     const nlohmann::json& ends) {
  TensorRange range{tensor, ends.at("low"), ends.at("highs")};
  const auto fits = [](float high) { return std::isfinite(high) && high >= 0; };
  if (!std::isfinite(range.low) || !std::all_of(range.highs.begin(), range.highs.end(), fits)) {
    refuse(path, fmt::format("the range of '{}' holds what is no end of one; expected `low`, and "
                             "`highs` of 0 or more, finite",
                             tensor));
  }
  return range;
}

}  // namespace

void write_calibration(const std::string& path, const EngineCalibration& calibration) {
  nlohmann::ordered_json out{{kVersion, 1},
                             {"method", calibration.method},
                             {"model", calibration.model},
                             {"clouds", calibration.clouds},
                             {"ranges", nlohmann::ordered_json::object()}};
  for (const TensorRange& range : calibration.ranges) {
    out["ranges"][range.tensor] = {{"low", range.low}, {"highs", range.highs}};
  }
  write_file(path, out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

EngineCalibration read_calibration(const std::string& path) {
  const auto file = WholeFile::read(path);
  const auto json = nlohmann::json::parse(file->text(), nullptr, false);
  if (!json.is_object() || !json.contains(kVersion)) {
    refuse(path, "isn't a calibration, which `colonnade build --save-calibration` writes");
  }
  if (json[kVersion] != 1) {
    throw Error(ErrorCode::unsupported, path,
                "is a calibration of another version; expected 1: calibrate again");
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
