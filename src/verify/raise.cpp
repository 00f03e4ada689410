#include "verify/raise.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "build/precisions.hpp"

namespace colonnade {
namespace {

constexpr std::size_t kClouds = 8;  ///< On which each layer is measured.

using Layers = std::vector<EnginePrecision::Layer>;

std::shared_ptr<const Engine> engine_with(EngineContents contents, const Layers& set) {
  contents.precision.set = set;
  return std::make_shared<const Engine>(
      compile_model(*contents.model, contents.graphs, target_of(contents)));
}

/// The layers of INT8, the most sensitive first: by the boxes where only this one is of INT8 and
/// all else is exact.
std::vector<GateRaised> by_sensitivity(Gate& gate, const EngineContents& contents,
                                       const std::string& above) {
  Layers exact;
  for (const EnginePrecision::Layer& layer : contents.precision.layers) {
    exact.push_back({layer.name, std::string(precision_name(Precision::fp32))});
  }
  std::vector<GateRaised> result;
  for (const EnginePrecision::Layer& layer : contents.precision.layers) {
    if (layer.precision != precision_name(Precision::int8)) continue;
    Layers only = exact;
    std::erase_if(only, [&](const EnginePrecision::Layer& one) { return one.name == layer.name; });
    result.push_back({layer.name, above, gate.distance(engine_with(contents, only), kClouds)});
  }
  std::stable_sort(result.begin(), result.end(), [](const GateRaised& a, const GateRaised& b) {
    return a.distance > b.distance;
  });
  return result;
}

bool has_int8(const EngineContents& contents) {
  return contents.target.backend != kTensorRtBackend &&
         std::any_of(contents.precision.layers.begin(), contents.precision.layers.end(),
                     [](const EnginePrecision::Layer& layer) {
                       return layer.precision == precision_name(Precision::int8);
                     });
}

Layers with_raised(Layers set, std::span<const GateRaised> raised) {
  for (const GateRaised& layer : raised) {
    std::erase_if(set, [&](const EnginePrecision::Layer& one) { return one.name == layer.layer; });
    set.push_back({layer.layer, layer.precision});
  }
  return set;
}

}  // namespace

std::optional<GateReport> raise_layers(Gate& gate, const GateReport& report) {
  if (holds(report.gate)) return {};
  const std::string& file = gate.request().engine;
  EngineContents contents = read_engine(file);
  if (!has_int8(contents)) return {};
  const ModelTarget target = target_of(contents);
  const std::string above(precision_name(
      find_backend(target.backend).choose(target.compile.isa, Precision::bf16).effective));
  const std::vector<GateRaised> layers = by_sensitivity(gate, contents, above);

  const Layers before = contents.precision.set;
  const auto set_of = [&](std::size_t count) {
    return with_raised(before, std::span(layers).first(count));
  };
  const auto judge = [&](std::size_t count) {
    return gate.judge(engine_with(contents, set_of(count)));
  };
  // The fewest that hold, if more never hold less; what is kept has held.
  std::size_t fails = 0, kept = layers.size();
  GateReport best = judge(kept);
  while (holds(best.gate) && kept - fails > 1) {
    const std::size_t middle = fails + (kept - fails) / 2;
    GateReport each = judge(middle);
    if (holds(each.gate)) {
      best = std::move(each), kept = middle;
    } else {
      fails = middle;
    }
  }

  best.gate.raised.assign(layers.begin(), layers.begin() + static_cast<std::ptrdiff_t>(kept));
  best.gate.raised_time =
      gate.time_ratio(engine_with(contents, set_of(kept)), engine_with(contents, before), kClouds);
  contents.precision.set = set_of(kept);
  compile(contents, RunLimits().bytes);
  // Another engine than the one that was asked for: it isn't reused in its place.
  std::string key = contents.origin.key;
  for (const GateRaised& layer : best.gate.raised) key += "\n" + layer.layer + " " + above;
  contents.origin.key = hash_text(std::as_bytes(std::span(key)));
  best.gate.model = contents.origin.key;
  write_file_durably(file, encode(contents));
  return best;
}

}  // namespace colonnade
