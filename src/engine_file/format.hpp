// The frame of an engine file: a header, a table of sections, the sections. docs/engine_file.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace colonnade {

/// As PNG's: a byte above 127, then line ends that a transfer as text would change.
inline constexpr std::array<unsigned char, 8> kEngineMagic = {0x93, 'C',  'L',  'N',
                                                              '\r', '\n', 0x1a, '\n'};
/// What is written and read. Anything that moves a byte of a section is another format: a graph's
/// operators, their members (graph/ops.hpp) and enumerators included.
inline constexpr std::uint32_t kEngineFormat = 5;
/// Sections begin at a multiple of it, so that tensors lie aligned in the bytes of a file.
inline constexpr std::size_t kSectionAlignment = 64;

/// A named run of bytes; borrowed.
struct Section {
  std::string name;  ///< 1 to 8 characters.
  std::span<const std::byte> bytes;
};

/// Whether these bytes begin as an engine file does, of whatever format.
bool is_engine(std::span<const std::byte> bytes) noexcept;
/// The same of a file; no where it can't be read.
bool is_engine_file(const std::string& path);
/// Error(format) of a file that's called .engine and isn't one, before it's taken for something
/// else.
void refuse_false_engine(const std::string& path);

std::vector<std::byte> frame_sections(std::span<const Section> sections);

/// The sections, pointing into `bytes`, each as its checksum says. `where` is the file's name in
/// Error(format | unsupported): not an engine, of a newer or older format, truncated, longer than
/// it says, damaged (which section).
std::vector<Section> read_sections(std::span<const std::byte> bytes, const std::string& where);

/// Error(format): there is no such section.
std::span<const std::byte> find_section(std::span<const Section> sections, std::string_view name,
                                        const std::string& where);

}  // namespace colonnade
