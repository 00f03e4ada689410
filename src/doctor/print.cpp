#include "doctor/print.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <filesystem>
#include <iterator>
#include <nlohmann/json.hpp>

#include "cloud/text.hpp"
#include "report/class_name.hpp"

namespace colonnade {
namespace {

constexpr std::array<const char*, 4> kSeverities{"ok", "note", "warning", "bad"};

const char* name_of(Severity severity) {
  return kSeverities[static_cast<std::size_t>(severity)];
}

/// Codes of the findings of that severity or worse.
std::string codes(const Diagnosis& diagnosis, Severity at_least) {
  std::string list;
  for (const Finding& finding : diagnosis.findings) {
    if (finding.severity >= at_least) list += (list.empty() ? "" : ", ") + finding.code;
  }
  return list;
}

void append_finding(std::string& out, const Finding& finding) {
  const std::string severity =
      finding.severity == Severity::bad ? "BAD" : name_of(finding.severity);
  fmt::format_to(std::back_inserter(out), "  {:<8} {:<10} {}\n", severity, finding.code,
                 finding.found);
  for (const auto& [lead, text] : {std::pair("", &finding.consequence), {"fix: ", &finding.fix}}) {
    if (!text->empty()) fmt::format_to(std::back_inserter(out), "{:22}{}{}\n", "", lead, *text);
  }
}

std::string trial_text(const Report& report, const Trial& trial) {
  if (!trial.best) return "no box at any threshold";
  const Box& box = *trial.best;
  std::string best = fmt::format("{:.3f}, {} at x {:.1f}, y {:.1f}", box.score,
                                 class_name(box.label, report.model.classes), box.x, box.y);
  if (report.files.size() > 1) best += " of " + report.files[trial.best_cloud];
  if (trial.boxes == 0) {
    return fmt::format("no boxes: the best score is {}; the threshold is {:g}", best,
                       trial.threshold);
  }
  return fmt::format("{} box{}, the best {}", trial.boxes, trial.boxes == 1 ? "" : "es", best);
}

/// What is left to do for a user without boxes and without advice.
std::string last_resort(const Trial& trial) {
  if (!trial.best) return "the scene may hold nothing of the model's classes: try another cloud";
  return fmt::format("the network is unsure: look at what `detect --score {:.2g} --picture` shows",
                     std::floor(trial.best->score * 90) / 100);
}

nlohmann::ordered_json json_of(const Finding& finding) {
  nlohmann::ordered_json numbers = nlohmann::ordered_json::object();
  for (const Measure& number : finding.numbers) numbers[number.name] = number.value;
  return {{"code", finding.code},   {"severity", name_of(finding.severity)},
          {"found", finding.found}, {"consequence", finding.consequence},
          {"fix", finding.fix},     {"numbers", numbers}};
}

nlohmann::ordered_json json_of(const Diagnosis& diagnosis) {
  nlohmann::ordered_json findings = nlohmann::ordered_json::array();
  for (const Finding& finding : diagnosis.findings) findings.push_back(json_of(finding));
  return findings;
}

nlohmann::ordered_json json_of(const Report& report, const Trial& trial) {
  nlohmann::ordered_json json{{"boxes", trial.boxes}, {"threshold", trial.threshold}};
  if (!trial.best) return json;
  const Box& box = *trial.best;
  json["best"] = {{"label", class_name(box.label, report.model.classes)},
                  {"score", box.score},
                  {"x", box.x},
                  {"y", box.y},
                  {"z", box.z},
                  {"file", report.files[trial.best_cloud]}};
  return json;
}

}  // namespace

bool recommends(const Diagnosis& diagnosis) {
  return !diagnosis.advice.reasons.empty() || diagnosis.metres_per_unit != 1;
}

std::string report_text(const Report& report) {
  std::string out;
  for (const Finding& finding : report.diagnosis.findings) append_finding(out, finding);
  out += "\nboxes\n";
  fmt::format_to(std::back_inserter(out), "  as it is:    {}\n", trial_text(report, report.now));
  if (report.advised) {
    fmt::format_to(std::back_inserter(out), "  as advised:  {}\n",
                   trial_text(report, *report.advised));
  }
  const Trial& last = report.advised ? *report.advised : report.now;
  if (last.boxes == 0) out += "               " + last_resort(last) + '\n';

  const std::string bad = codes(report.diagnosis, Severity::bad);
  out += bad.empty() ? "\nnothing is badly off" : "\nbadly off: " + bad;
  if (report.after) {
    const std::string left = codes(*report.after, Severity::warning);
    out += left.empty() ? "; as advised, all is well" : "; as advised, what stays: " + left;
  }
  return out + '\n';
}

std::string report_json(const Report& report) {
  nlohmann::ordered_json json{{"schema", kDoctorSchema},
                              {"model", report.model.name},
                              {"files", report.files},
                              {"severity", name_of(report.diagnosis.worst())},
                              {"findings", json_of(report.diagnosis)},
                              {"now", json_of(report, report.now)}};
  if (report.advised) json["advised"] = json_of(report, *report.advised);
  if (report.after) json["findings_advised"] = json_of(*report.after);
  json["sensor_yaml"] = advised_sensor_yaml(report.diagnosis, report.files);
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

std::string advised_sensor_yaml(const Diagnosis& diagnosis, std::span<const std::string> files) {
  std::string text =
      fmt::format("# Advised by `colonnade doctor` from {}{}.\n",
                  shown(std::filesystem::path(files.front()).filename().string()),
                  files.size() > 1 ? fmt::format(" and {} more", files.size() - 1) : std::string());
  text += "# docs/sensor_yaml.md explains every key.\n";
  if (diagnosis.metres_per_unit != 1) {
    text += fmt::format("# For the cloud in metres: multiply its x, y and z by {} first.\n",
                        diagnosis.metres_per_unit);
  }
  return text + sensor_yaml(diagnosis.advice.sensor, diagnosis.advice.reasons);
}

}  // namespace colonnade
