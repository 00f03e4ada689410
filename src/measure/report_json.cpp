#include <nlohmann/json.hpp>

#include "measure/report.hpp"

namespace colonnade {
namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string times_json(std::span<const TimedRun> runs) {
  Json list = Json::array();
  for (const TimedRun& run : runs) {
    const double ms = run.end - run.start;
    list.push_back({{"startEnqMs", run.start},
                    {"endEnqMs", run.end},
                    {"startH2dMs", run.start},
                    {"endH2dMs", run.start},
                    {"startComputeMs", run.start},
                    {"endComputeMs", run.end},
                    {"startD2hMs", run.end},
                    {"endD2hMs", run.end},
                    {"h2dMs", 0.0},
                    {"computeMs", ms},
                    {"d2hMs", 0.0},
                    {"latencyMs", run.latency()},
                    {"stream", run.lane}});
  }
  return text_of(list);
}

std::string profile_json(const Profile& profile) {
  Json list = Json::array({{{"count", profile.runs()}}});
  double all = 0;
  for (const LayerProfile& layer : profile.layers()) all += sum_of(layer.ms);
  for (const LayerProfile& layer : profile.layers()) {
    const Latency ms = summarize(layer.ms, {});
    const double sum = sum_of(layer.ms);
    list.push_back({{"name", layer.name},
                    {"timeMs", sum},
                    {"averageMs", ms.mean},
                    {"medianMs", ms.median},
                    {"percentage", all > 0 ? 100 * sum / all : 0}});
  }
  return text_of(list);
}

std::string layers_json(const Profile& profile, std::span<const std::string> bindings) {
  Json layers = Json::array();
  const auto runs = static_cast<double>(profile.runs());
  for (const LayerProfile& layer : profile.layers()) {
    layers.push_back({{"Name", layer.name},
                      {"LayerType", layer.kind},
                      {"Precision", layer.precision},
                      {"GFLOP", runs > 0 ? layer.flop / runs * 1e-9 : 0}});
  }
  return text_of({{"Layers", layers}, {"Bindings", bindings}});
}

}  // namespace colonnade
