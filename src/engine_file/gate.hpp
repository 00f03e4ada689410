// What an engine's boxes are like beside those of FP32, as it's stored.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace colonnade {

/// How many boxes of all went wrong, and between which shares the truth lies (95 %).
struct GateShare {
  std::uint64_t count = 0, of = 0;
  double low = 0, high = 1;
  double limit = 0;  ///< The largest share that passes.

  double share() const noexcept {
    return of == 0 ? 0 : static_cast<double>(count) / static_cast<double>(of);
  }
};

/// Average precision of a class, percent; `low` and `high` are those of their difference (95 %).
struct GatePrecision {
  std::string class_name;
  std::uint64_t labels = 0;
  double exact = 0, effective = 0;
  double low = 0, high = 0;
  double limit = 0;  ///< The greatest loss that passes.
};

/// A layer that was put back to a higher precision, since without it the limits weren't held.
struct GateRaised {
  std::string layer, precision;
  /// From FP32's boxes, where it alone is of INT8: 1 - IoU, root mean square.
  double distance = 0;
};

struct EngineGate {
  std::string verdict;  ///< "pass", "fail", "too little data".
  std::string reason;   ///< What a verdict but "pass" is about.
  std::string model;    ///< EngineOrigin::key.
  std::string clouds;   ///< Hash of their contents, whatever their order.
  std::string labels;   ///< The same of labels; empty: none were given.
  std::uint64_t frames = 0;
  GateShare lost;                        ///< Of FP32's boxes: those that aren't there.
  GateShare invented;                    ///< Of the engine's: those that FP32 hasn't got.
  std::vector<GatePrecision> precision;  ///< By class.
  std::vector<GateRaised> raised;        ///< The most sensitive first.
  double raised_time = 1;                ///< Of the network, by its time without them raised.
};

}  // namespace colonnade
