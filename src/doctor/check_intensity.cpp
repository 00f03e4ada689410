#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "doctor/checks.hpp"
#include "doctor/training.hpp"

namespace colonnade {
namespace {

/// Of one field, over all sweeps, as the file has it.
struct Distribution {
  double low = 0, median = 0, p99 = 0, p999 = 0, high = 0;
  bool whole = true;  ///< Nothing but integers.

  bool constant() const noexcept { return low == high; }
};

Distribution distribution(const std::vector<Sweep>& sweeps) {
  std::vector<double> values;
  Distribution d;
  for (const Sweep& sweep : sweeps) {
    for (const Point& p : sweep.points) {
      if (p.x == 0 && p.y == 0 && p.z == 0) continue;
      values.push_back(p.intensity);
      d.whole = d.whole && p.intensity == std::floor(p.intensity);
    }
  }
  d.median = quantile(values, 0.5);
  d.p99 = quantile(values, 0.99);
  d.p999 = quantile(values, 0.999);
  d.low = quantile(values, 0);
  d.high = quantile(values, 1);
  return d;
}

/// The value that stands for "as bright as can be".
double full_scale(const Distribution& d) {
  if (d.p999 <= 1 && !(d.whole && d.high > 1)) return 1;  // Retro-reflectors may shine beyond it.
  if (d.high <= 255.5) return 255;
  if (d.high <= 65535 && d.p99 > 16384) return 65535;
  return d.p99;  // Counts of photons have no end; the brightest percent is clamped.
}

std::string number(double value) {
  return fmt::format("{:.4g}", value);
}

/// Another field that varies and is called as an intensity is somewhere.
std::optional<std::string> alternative(const Examined& examined) {
  constexpr std::array kNames{"intensity", "i",      "reflectivity", "reflectance",
                              "remission", "signal", "Intensity",    "scalar_intensity"};
  for (const char* name : kNames) {
    if (name == examined.sensor.intensity_field) continue;
    std::vector<Sweep> sweeps;
    for (const Sweep& sweep : examined.sweeps) {
      if (sweep.cloud.find(name) == nullptr) break;
      sweeps.push_back(read_sweep(sweep.cloud, name));
    }
    if (sweeps.size() == examined.sweeps.size() && !distribution(sweeps).constant()) return name;
  }
  return std::nullopt;
}

/// Scale and clamp for this distribution, where the present ones don't do.
void advise_scale(const Distribution& d, double wanted, Finding& finding, Advice& advice) {
  const double scale = wanted / full_scale(d);
  advice.sensor.intensity_scale = static_cast<float>(scale);
  finding.fix += fmt::format("{}intensity_scale: {:.6g}", finding.fix.empty() ? "" : "; ", scale);
  advice.reasons.push_back(
      {"intensity_scale", fmt::format("the cloud's scale is 0 to {}, the model's 0 to {}",
                                      number(full_scale(d)), number(wanted))});
  if (d.high * scale <= wanted * 1.01) return;
  advice.sensor.intensity_clamp = {0, static_cast<float>(wanted)};
  finding.fix += fmt::format("; intensity_clamp: [0, {}]", number(wanted));
  advice.reasons.push_back(
      {"intensity_clamp", fmt::format("the brightest returns reach {}", number(d.high))});
}

Finding no_intensity(const Examined& examined, Advice& advice, Finding finding) {
  finding.severity = Severity::bad;
  finding.consequence = "the network was trained to see reflectances: scores fall";
  if (const auto field = alternative(examined)) {
    std::vector<Sweep> sweeps;
    for (const Sweep& sweep : examined.sweeps) sweeps.push_back(read_sweep(sweep.cloud, *field));
    advice.sensor.intensity_field = *field;
    advice.reasons.push_back({"intensity_field", finding.found});
    finding.fix = "intensity_field: " + *field;
    const Distribution d = distribution(sweeps);
    if (full_scale(d) != examined.model.intensity_max) {
      advise_scale(d, examined.model.intensity_max, finding, advice);
    }
    return finding;
  }
  const CloudView& cloud = examined.sweeps.front().cloud;
  std::string names;
  for (std::size_t i = 0; i < cloud.field_count; ++i) {
    names += (names.empty() ? "" : ", ") + cloud.fields[i].name;
  }
  finding.fix = fmt::format(
      "have the driver write it, or name it as intensity_field (the fields are {}); a network "
      "trained without intensity needs none",
      names);
  return finding;
}

}  // namespace

Finding check_intensity(const Examined& examined, Advice& advice) {
  Finding finding{.code = "intensity"};
  if (!uses_intensity(examined.model)) {
    finding.found = "the network doesn't look at it";
    return finding;
  }
  const bool present = std::all_of(examined.sweeps.begin(), examined.sweeps.end(),
                                   [](const Sweep& sweep) { return sweep.has_intensity; });
  if (!present) {
    finding.found = fmt::format("there is no field '{}'", examined.sensor.intensity_field);
    return no_intensity(examined, advice, finding);
  }
  const Distribution d = distribution(examined.sweeps);
  const double wanted = examined.model.intensity_max;
  const double scale = examined.sensor.intensity_scale;
  finding.numbers = {{"median", d.median}, {"percentile_99", d.p99},
                     {"largest", d.high},  {"full_scale", full_scale(d)},
                     {"scale", scale},     {"trained_full_scale", wanted}};
  if (d.constant() || d.p99 == 0) {
    finding.found = fmt::format("'{}' is {} {}", examined.sensor.intensity_field, number(d.median),
                                d.constant() ? "in every point" : "in 99 % of the points");
    return no_intensity(examined, advice, finding);
  }
  finding.found = fmt::format("0 to {} (median {}, largest {}){}; trained with 0 to {}",
                              number(full_scale(d)), number(d.median), number(d.high),
                              scale != 1 ? fmt::format(", times {}", number(scale)) : std::string(),
                              number(wanted));
  if (d.low < 0) {
    finding.severity = Severity::bad;
    finding.found = fmt::format("{} to {}, negative ones among them; trained with 0 to {}",
                                number(d.low), number(d.high), number(wanted));
    finding.consequence = "it isn't a reflectance; the network sees noise there";
    finding.fix = "name the reflectance as intensity_field";
    return finding;
  }
  const double ratio = full_scale(d) * scale / wanted;
  if (ratio > 0.7 && ratio < 1.4) return finding;
  finding.severity = Severity::bad;
  finding.consequence =
      ratio > 1 ? fmt::format(
                      "the network sees values {} times too large: boxes vanish or appear "
                      "anywhere",
                      number(ratio))
                : fmt::format("the network sees values {} times too small: as if all were black",
                              number(1 / ratio));
  advise_scale(d, wanted, finding, advice);
  return finding;
}

}  // namespace colonnade
