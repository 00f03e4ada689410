// Engines under names made of what decides their content.
#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

#include "build/build.hpp"
#include "colonnade/error.hpp"

namespace colonnade {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEnd = ".engine";
constexpr std::size_t kNameLength = 32;  // Of hash_text.

/// Only files that are named as onnx2cache names them: the folder may hold others.
bool is_entry(const fs::path& path) {
  const std::string stem = path.stem().string();
  return path.extension() == kEnd && stem.size() == kNameLength &&
         stem.find_first_not_of("0123456789abcdef") == std::string::npos;
}

struct Entry {
  std::string path;
  std::uint64_t bytes = 0;
  timespec used{};
};

std::vector<Entry> entries_of(const std::string& folder) {
  std::error_code failure;
  std::vector<Entry> entries;
  if (!fs::exists(folder, failure)) return entries;
  auto at = fs::directory_iterator(folder, failure);
  if (failure) throw Error(ErrorCode::io, folder, "can't be listed: " + failure.message());
  for (const auto& file : at) {
    struct stat info {};
    if (!is_entry(file.path()) || ::stat(file.path().c_str(), &info) != 0) continue;
    entries.push_back(
        {file.path().string(), static_cast<std::uint64_t>(info.st_size), info.st_mtim});
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    if (a.used.tv_sec != b.used.tv_sec) return a.used.tv_sec > b.used.tv_sec;
    if (a.used.tv_nsec != b.used.tv_nsec) return a.used.tv_nsec > b.used.tv_nsec;
    return a.path < b.path;
  });
  return entries;
}

/// Those that fit stay, the last used first. Another builder may remove the same ones.
void evict(const std::string& folder, std::uint64_t most, const std::string& keep) {
  std::uint64_t total = 0;
  std::error_code ignored;
  for (const Entry& entry : entries_of(folder)) {
    if (entry.path == keep) total += entry.bytes;
  }
  for (const Entry& entry : entries_of(folder)) {
    if (entry.path == keep) continue;
    if (entry.bytes <= most && total <= most - entry.bytes) {
      total += entry.bytes;
    } else {
      fs::remove(entry.path, ignored);
    }
  }
}

}  // namespace

BuildReport onnx2cache(const std::string& onnx, const std::string& folder,
                       std::uint64_t cache_bytes, const BuildOptions& options) {
  BuildRequest request = read_request(onnx, options);
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) throw Error(ErrorCode::io, folder, "can't be made a folder: " + failure.message());
  const std::string path = (fs::path(folder) / (request.key + kEnd)).string();
  const BuildReport report = fulfil(std::move(request), path, options);
  // A folder that may only be read still serves what it holds.
  fs::last_write_time(path, fs::file_time_type::clock::now(), failure);
  evict(folder, cache_bytes, path);
  return report;
}

std::vector<CachedEngine> list_cache(const std::string& folder) {
  std::vector<CachedEngine> engines;
  for (const Entry& entry : entries_of(folder)) {
    CachedEngine& engine = engines.emplace_back();
    engine.path = entry.path;
    engine.bytes = entry.bytes;
    engine.last_used = entry.used.tv_sec;
    try {
      const EngineContents contents = read_engine(entry.path);
      engine.source = contents.origin.source;
      engine.target = fmt::format("{} {} {}", contents.target.backend, contents.target.architecture,
                                  contents.target.isa);
    } catch (const Error&) {
      // Damaged: `build` replaces it when it's asked for.
    }
  }
  return engines;
}

std::size_t clear_cache(const std::string& folder) {
  std::size_t removed = 0;
  for (const Entry& entry : entries_of(folder)) {
    std::error_code failure;
    removed += fs::remove(entry.path, failure) ? 1 : 0;
    if (failure) throw Error(ErrorCode::io, entry.path, "can't be removed: " + failure.message());
  }
  return removed;
}

}  // namespace colonnade
