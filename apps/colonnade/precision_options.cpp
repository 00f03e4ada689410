#include "precision_options.hpp"

#include "cloud_files.hpp"
#include "colonnade/error.hpp"
#include "verbs.hpp"

namespace colonnade {
namespace {

/// NAME=PRECISION, of which the name may hold an '='.
std::vector<LayerRequest> layer_requests(const std::vector<std::string>& arguments) {
  std::vector<LayerRequest> requests;
  for (const std::string& argument : arguments) {
    const std::size_t at = argument.rfind('=');
    if (at == std::string::npos || at == 0) {
      throw Error(ErrorCode::invalid_argument, "--layer-precision " + argument,
                  "expected NAME=PRECISION, a name as `inspect` prints it");
    }
    requests.push_back({argument.substr(0, at), argument.substr(at + 1)});
  }
  return requests;
}

}  // namespace

void add_precision_options(CLI::App& verb, PrecisionOptions& options) {
  add_precision(verb, options.precision);
  verb.add_option("--layer-precision", options.layers,
                  "Another precision for a layer, by the name that inspect prints; may be repeated")
      ->type_name("NAME=fp32|bf16|int8")
      ->take_all();
  verb.add_option("--calibrate", options.calibrate,
                  "For int8: sweeps (or .npy of a graph's input) that show what the network's maps "
                  "reach; or a saved calibration; may be repeated")
      ->type_name(".bin|.pcd|.ply|.npy|.json|DIR")
      ->take_all();
  verb.add_option("--calibration-method", options.method,
                  "Where a map's range ends: the greatest value, the one that 99.99 % don't "
                  "exceed, or where least information is lost")
      ->type_name("minmax|percentile|entropy")
      ->capture_default_str();
  verb.add_option("--save-calibration", options.save_calibration, "Write the calibration there")
      ->type_name(".json");
}

void take_precision_options(const PrecisionOptions& from, BuildOptions& to) {
  to.precision = from.precision;
  to.layers = layer_requests(from.layers);
  to.calibrate = list_clouds(from.calibrate);
  to.calibration_method = from.method;
  to.save_calibration = from.save_calibration;
}

}  // namespace colonnade
