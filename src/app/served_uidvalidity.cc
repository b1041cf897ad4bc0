#include "app/served_uidvalidity.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "mailtool/base/ascii.h"
#include "mailtool/store/atomic_file.h"
#include "mailtool/store/folder.h"

namespace mailtool::app {
namespace {

constexpr const char* kFile = "/uidvalidity";

}  // namespace

Result<void> ServedUidvalidity::load() {
  if (loaded_) return {};
  const auto path = folder_ + kFile;
  std::error_code error;
  if (std::filesystem::exists(path, error) || error) {
    std::ifstream file(path, std::ios::binary);
    char buffer[16];
    file.read(buffer, sizeof buffer);
    const std::string_view text(buffer,
                                static_cast<std::size_t>(file.gcount()));
    const auto highest = text.ends_with('\n')
                             ? parse_number(text.substr(0, text.size() - 1),
                                            UINT32_MAX)
                             : std::nullopt;
    if (!highest) {
      return Error{ErrorKind::config, "not what was written there", path};
    }
    highest_ = static_cast<std::uint32_t>(*highest);
  }
  loaded_ = true;
  return {};
}

Result<void> ServedUidvalidity::write(std::uint32_t highest) {
  if (auto made = store::create_folder(folder_); !made) return made;
  auto file = store::AtomicFile::create(folder_ + kFile);
  if (!file) return std::move(file).error();
  if (auto wrote = file->write(std::to_string(highest) + "\n"); !wrote) {
    return wrote;
  }
  if (auto committed = file->commit(); !committed) return committed;
  highest_ = highest;
  return {};
}

Result<std::uint32_t> ServedUidvalidity::next(std::int64_t now) {
  if (auto loaded = load(); !loaded) return std::move(loaded).error();
  if (highest_ == UINT32_MAX) {
    return Error{ErrorKind::local_io, "no UIDVALIDITY is left", folder_};
  }
  const auto by_clock = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(now, 1, UINT32_MAX - 1));
  if (auto wrote = write(std::max(highest_ + 1, by_clock)); !wrote) {
    return std::move(wrote).error();
  }
  return highest_;
}

Result<void> ServedUidvalidity::had(std::uint32_t uidvalidity) {
  if (auto loaded = load(); !loaded) return loaded;
  return uidvalidity > highest_ ? write(uidvalidity) : Result<void>();
}

}  // namespace mailtool::app
