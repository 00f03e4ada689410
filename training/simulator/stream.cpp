#include "simulator/stream.hpp"

#include <array>
#include <cstring>

namespace colonnade::simulator {
namespace {

template <typename T>
void append(std::vector<std::byte>& out, const T* values, std::size_t count) {
  const std::size_t bytes = count * sizeof(T), at = out.size();
  out.resize(at + bytes);
  if (bytes > 0) std::memcpy(&out[at], values, bytes);
}

}  // namespace

std::vector<std::byte> stream_record(std::uint64_t index, const Frame& frame) {
  const auto u32 = [](std::size_t v) { return static_cast<std::uint32_t>(v); };
  std::vector<std::byte> out;
  out.reserve(64 + 4 * frame.points.size() + 48 * frame.labels.size());
  append(out, "CLSF", 4);
  const std::uint32_t version = 1;
  append(out, &version, 1);
  append(out, &index, 1);
  const std::array<std::uint32_t, 4> counts{u32(frame.points.size() / 4), u32(frame.labels.size()),
                                            frame.cropped ? 1U : 0U,
                                            u32(static_cast<std::size_t>(frame.street))};
  append(out, counts.data(), counts.size());
  append(out, frame.points.data(), frame.points.size());
  for (const Label& label : frame.labels) {
    const Box& b = label.box;
    const std::array<float, 12> row{b.x,
                                    b.y,
                                    b.z,
                                    b.length,
                                    b.width,
                                    b.height,
                                    b.yaw,
                                    static_cast<float>(label.kind),
                                    static_cast<float>(label.occlusion),
                                    static_cast<float>(label.truncation),
                                    static_cast<float>(label.points),
                                    static_cast<float>(label.difficulty)};
    append(out, row.data(), row.size());
  }
  return out;
}

}  // namespace colonnade::simulator
