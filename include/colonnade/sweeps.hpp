// Several sweeps as one cloud, for models that were trained so (nuScenes: 10 sweeps, 0.5 s).
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>

#include "colonnade/cloud.hpp"
#include "colonnade/export.hpp"
#include "colonnade/io.hpp"

namespace colonnade {

/// Row-major rigid transform: world = pose * sensor, metres.
using Pose = std::array<double, 16>;

struct SweepOptions {
  std::size_t sweeps = 10;  ///< The newest that are kept; at most SweepBuffer::kMaxSweeps.
  /// Points of all sweeps but the newest with |x| and |y| below this, in their own sensor frame,
  /// are dropped: hits on the own car, which would trail it. OpenPCDet and mmdet3d drop within 1 m.
  float drop_close = 0;
  std::string intensity_field = "intensity";  ///< As SensorSpec::intensity_field.
};

/// Accumulates sweeps in the newest one's frame. Not thread-safe. Once each sweep's memory has
/// grown to its size, neither push nor view allocates.
class COLONNADE_EXPORT SweepBuffer {
 public:
  static constexpr std::size_t kMaxSweeps = 1000;

  explicit SweepBuffer(const SweepOptions& options = {});
  SweepBuffer(SweepBuffer&&) noexcept;
  SweepBuffer& operator=(SweepBuffer&&) noexcept;
  ~SweepBuffer();

  /// Copies the cloud. `time` in seconds, later than the last one's; `pose` of the sensor at that
  /// time. Error(invalid_argument | mismatch) leaves the buffer as it was: a time that goes back
  /// (a recording that starts again wants clear()), a pose that isn't rigid, a cloud without x, y
  /// or z, or one with an intensity after one without.
  void push(const CloudView& cloud, double time, const Pose& pose);

  /// All points, the newest sweep's first, then back in time: float32 x, y, z in the newest sweep's
  /// frame, the intensity field where the sweeps have it, and dt, seconds before the newest sweep.
  /// A point at exactly (0, 0, 0) is no return and stays there, that drop_zero_returns finds it.
  /// Valid until the next push, view or clear.
  CloudView view();

  std::size_t sweeps() const noexcept;         ///< Held now.
  std::size_t dropped_close() const noexcept;  ///< Points of the last view() that it left out.
  void clear() noexcept;                       ///< Forgets all sweeps, keeps the memory.

 private:
  struct Body;
  std::unique_ptr<Body> body_;
};

/// Reads a list of sweeps and accumulates all of them (`options.sweeps` isn't looked at):
/// {"sweeps": [{"file": NAME, "time": SECONDS, "pose": [16 NUMBERS]}, ...], "drop_close": METRES},
/// drop_close being optional and overriding the option's. Files are relative to the list's folder;
/// the newest sweep is the one of the largest time. Errors name list, key, expected and found.
COLONNADE_EXPORT Cloud read_sweep_list(const std::string& path, const SweepOptions& options = {},
                                       CloudFormat format = CloudFormat::automatic);

}  // namespace colonnade
