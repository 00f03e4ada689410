#include "verify/raise.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "base/file.hpp"
#include "base/hash.hpp"
#include "build/precisions.hpp"

namespace colonnade {
namespace {

constexpr std::size_t kClouds = 24;  ///< On which each layer is measured.

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

/// Whether 95 % say that boxes keep their limits: layers chosen by what just holds on some clouds
/// wouldn't hold on others. Where there are too few boxes to say so of any choice, holding does.
bool is_sure(const EngineGate& gate) {
  return gate.lost.high <= gate.lost.limit && gate.invented.high <= gate.invented.limit;
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
  const auto engine_of = [&](std::span<const GateRaised> raised) {
    return engine_with(contents, with_raised(before, raised));
  };
  // The first so many that do, if more never do less; what is kept has done.
  std::size_t fails = 0, kept = layers.size();
  GateReport best = gate.judge(engine_of(layers));
  const bool held = holds(best.gate), sure = is_sure(best.gate);
  const auto does = [&](const GateReport& each) {
    return holds(each.gate) && (is_sure(each.gate) || !sure);
  };
  while (held && kept - fails > 1) {
    const std::size_t middle = fails + (kept - fails) / 2;
    GateReport each = gate.judge(engine_of(std::span(layers).first(middle)));
    if (does(each)) {
      best = std::move(each), kept = middle;
    } else {
      fails = middle;
    }
  }
  std::vector<GateRaised> raised(layers.begin(),
                                 layers.begin() + static_cast<std::ptrdiff_t>(kept));
  // More do hold less now and then, and a layer that costs little alone may cost nothing beside
  // others: each is tried without, the least sensitive first; halving has tried the last.
  for (std::size_t i = held ? kept - 1 : 0; i-- > 0;) {
    std::vector<GateRaised> fewer = raised;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    GateReport each = gate.judge(engine_of(fewer));
    if (does(each)) best = std::move(each), raised = std::move(fewer);
  }

  best.gate.raised_time = gate.time_ratio(engine_of(raised), engine_of({}), kClouds);
  contents.precision.set = with_raised(before, raised);
  best.gate.raised = std::move(raised);
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
