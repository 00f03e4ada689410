// A diagnosis for a person at a terminal, and as JSON: docs/commands/doctor.md.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "doctor/examine.hpp"
#include "doctor/trial.hpp"

namespace colonnade {

inline constexpr int kDoctorSchema = 1;

/// Everything that `doctor` reports.
struct Report {
  const ModelSpec& model;
  std::span<const std::string> files;
  const Diagnosis& diagnosis;
  Trial now;
  std::optional<Trial> advised{};    ///< With the recommended sensor.yaml, where it differs.
  std::optional<Diagnosis> after{};  ///< Examined again with it.
};

/// Whether anything in sensor.yaml, or the cloud's unit, is recommended to change.
bool recommends(const Diagnosis& diagnosis);

/// A line a check; what isn't right with its consequence and fix below. Then boxes before and
/// after.
std::string report_text(const Report& report);

/// One object, newline included.
std::string report_json(const Report& report);

/// The recommended sensor.yaml, a comment with the reason above each key.
std::string advised_sensor_yaml(const Diagnosis& diagnosis, std::span<const std::string> files);

}  // namespace colonnade
