// From ONNX to an engine file: read, checked, proven and compiled once, opened by Engine::open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "colonnade/export.hpp"
#include "colonnade/log.hpp"

namespace colonnade {

/// The shapes that a graph's input may have when it's run. Each is empty or has the input's rank:
/// an empty `opt` is `max`, or `min`; empty others are `opt`. min <= opt <= max in each dimension;
/// where the graph has a number, all three have that number.
struct ShapeProfile {
  std::string input;
  std::vector<std::int64_t> min, opt, max;
  std::size_t profile = 0;  ///< The engine's optimization profile that this is a part of.
};

/// Called before each phase of a build ("read", "check", "calibrate", "compile", "write"), from the
/// calling thread. "calibrate" comes only where BuildOptions::calibrate isn't empty, and a build
/// that reuses an engine ends early.
using PhaseCallback = std::function<void(std::string_view phase)>;
inline constexpr std::size_t kBuildPhases = 4;  ///< Without "calibrate".

/// A layer, by the name that `inspect` prints, and the precision that is requested for it.
struct LayerRequest {
  std::string layer, precision;
};

struct BuildOptions {
  std::string backend = "cpu";  ///< "cpu" or "reference"; for TensorRT: onnx2plan (tensorrt.hpp).
  std::string isa = "auto";     ///< As EngineOptions::isa; auto: this machine's fastest.
  /// As EngineOptions::precision; what this machine makes of it is the engine's.
  std::string precision = "fp32";
  /// Instead of `precision`, for some layers.
  std::vector<LayerRequest> layers;
  /// For INT8, what the network is run on to see what its maps reach: clouds for a model, .npy of
  /// its one input for a graph; or one calibration as it was saved (.json).
  std::vector<std::string> calibrate;
  std::string calibration_method = "minmax";  ///< "minmax", "percentile" or "entropy".
  std::string save_calibration;               ///< A .json to write; empty: none.
  /// Of a single ONNX graph: every input with dynamic dimensions has one, or dynamic_pillars does,
  /// in each of the optimization profiles, which are numbered from 0 without gaps.
  std::vector<ShapeProfile> profiles;
  /// Inputs whose one dynamic dimension counts pillars get 120, 6000 and 12000 there.
  bool dynamic_pillars = false;
  std::uint64_t workspace = std::uint64_t{4} << 30;  ///< Bytes that a run may hold.
  bool overwrite = true;  ///< Replace what stands under the engine's name and isn't this engine.
  LogCallback log;        ///< info: what was reused, or why it wasn't.
  PhaseCallback on_phase;
};

struct BuildReport {
  std::string engine;              ///< The file.
  bool reused = false;             ///< It was there already, of the same content and options.
  std::string precision;           ///< As Engine::precision.
  std::uint64_t bytes = 0;         ///< Of the file.
  std::uint64_t weight_bytes = 0;  ///< Of all constants of the graphs in it.
};

/// Builds `engine` of a model.yaml (by its name's end, .yaml or .yml) or of one ONNX graph. A valid
/// engine of the same content (external data included), options, target and version of Colonnade
/// that stands under that name already is left and reported as reused. The file appears whole or
/// not at all, whoever else writes it.
/// Error(io | format | unsupported | mismatch): as Engine::open; io: the engine can't be written;
/// invalid_argument: profiles that don't fit the graph; limit: a run needs more than `workspace`;
/// mismatch: another file has that name and `overwrite` is false, a calibration of another network;
/// invalid_argument: a layer that the network hasn't got, INT8 without calibration.
COLONNADE_EXPORT BuildReport onnx2engine(const std::string& onnx, const std::string& engine,
                                         const BuildOptions& options = {});

/// An engine in a cache folder.
struct CachedEngine {
  std::string path;
  std::string source;  ///< File name of what it was built from; empty: it can't be read.
  std::string target;  ///< "cpu x86-64 avx2"
  std::uint64_t bytes = 0;
  std::int64_t last_used = 0;  ///< Seconds since 1970.
};

/// As onnx2engine, into a folder (made where there is none) under a name made of content, options,
/// target and version: whoever asks for the same gets the same file. Then engines are removed,
/// those unused for longest first, until the folder's are `cache_bytes` or fewer; the one asked for
/// stays.
COLONNADE_EXPORT BuildReport onnx2cache(const std::string& onnx, const std::string& folder,
                                        std::uint64_t cache_bytes,
                                        const BuildOptions& options = {});
/// The last used first; none where the folder isn't there. Error(io).
COLONNADE_EXPORT std::vector<CachedEngine> list_cache(const std::string& folder);
/// Removes the engines; how many there were. Other files stay. Error(io).
COLONNADE_EXPORT std::size_t clear_cache(const std::string& folder);

}  // namespace colonnade
