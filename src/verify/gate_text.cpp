#include <fmt/core.h>

#include <cmath>

#include "verify/gate.hpp"

namespace colonnade {
namespace {

/// "0.00 % (0 of 512; 0 to 0.58 %, at most 0.5 %)"
std::string share_text(const GateShare& share) {
  return fmt::format("{:.2f} % ({} of {}; 95 %: {:.2f} to {:.2f} %; at most {:g} % passes)",
                     100 * share.share(), share.count, share.of, 100 * share.low, 100 * share.high,
                     100 * share.limit);
}

std::string band_text(const GateRow& row) {
  if (row.from == 0 && std::isinf(row.to)) return "all";
  if (std::isinf(row.to)) return fmt::format("from {:g} m", row.from);
  return fmt::format("{:g} to {:g} m", row.from, row.to);
}

}  // namespace

std::string gate_summary(const EngineGate& gate) {
  std::string text = fmt::format("gate: {}{}\n", gate.verdict,
                                 gate.reason.empty() ? "" : " (" + gate.reason + ")");
  text += fmt::format("  {} cloud{} {}{}\n", gate.frames, gate.frames == 1 ? "" : "s", gate.clouds,
                      gate.labels.empty() ? "" : ", labels " + gate.labels);
  text += fmt::format("  lost     {}\n", share_text(gate.lost));
  text += fmt::format("  invented {}\n", share_text(gate.invented));
  for (const GatePrecision& row : gate.precision) {
    text += fmt::format(
        "  AP {}: {:.2f}, fp32 {:.2f} ({:+.2f}; {} labels; 95 %: {:+.2f} to {:+.2f}; {:g} less "
        "passes)\n",
        row.class_name, row.effective, row.exact, row.effective - row.exact, row.labels, row.low,
        row.high, row.limit);
  }
  for (const GateRaised& layer : gate.raised) {
    text += fmt::format("  raised to {} {} (alone in int8: boxes {:.4f} of IoU away)\n",
                        layer.precision, layer.layer, layer.distance);
  }
  if (!gate.raised.empty()) {
    text += fmt::format("  raised, the network takes {:.2f} times as long\n", gate.raised_time);
  }
  return text;
}

std::string gate_text(const GateReport& report) {
  std::string text = fmt::format("{:<12} {:<12} {:>7} {:>7} {:>7} {:>9}\n", "class", "range",
                                 "fp32", "lost", "here", "invented");
  for (const GateRow& row : report.rows) {
    text += fmt::format("{:<12} {:<12} {:>7} {:>7} {:>7} {:>9}\n", row.class_name, band_text(row),
                        row.exact, row.lost, row.given, row.invented);
  }
  return text + gate_summary(report.gate);
}

}  // namespace colonnade
