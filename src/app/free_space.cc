#include "app/free_space.h"

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "app/connect.h"
#include "mailtool/base/printable.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {
namespace {

// What a file takes besides its octets: the rest of its last block, its inode,
// its name.
constexpr std::uint64_t kPerFile = 4096;
// Journals, locks and notes.
constexpr std::uint64_t kForState = 1024 * 1024;

struct FileSystem {
  dev_t device = 0;
  std::uint64_t room = 0;
  std::uint64_t whole = 0;
  std::string path;               // as messages name it
  std::uint8_t destinations = 0;  // bit i: destination i is there
  bool spools = false;            // one message at a time waits there
  bool is_full = false;           // for a message at least
  std::uint64_t largest = 0;      // of those
};

// The nearest folder there is: what is not yet there will be made in it.
std::string existing(std::string path) {
  struct stat found;
  while (::stat(path.c_str(), &found) != 0 && errno == ENOENT) {
    const auto slash = path.rfind('/');
    if (slash == path.npos) return ".";
    if (slash == 0) return "/";
    path.resize(slash);
  }
  return path;
}

// The entry of the file system that `path` is, or will be, on.
FileSystem* file_system_of(std::vector<FileSystem>& all,
                           const std::string& path) {
  const auto there = existing(path);
  struct stat found;
  struct statvfs room;
  if (::stat(there.c_str(), &found) != 0) return nullptr;
  for (auto& one : all) {
    if (one.device == found.st_dev) return &one;
  }
  if (::statvfs(there.c_str(), &room) != 0 || room.f_blocks == 0) {
    return nullptr;
  }
  FileSystem added;
  added.device = found.st_dev;
  added.room = std::uint64_t{room.f_bavail} * room.f_frsize;
  added.whole = std::uint64_t{room.f_blocks} * room.f_frsize;
  added.path = path;
  all.push_back(added);
  return &all.back();
}

std::vector<FileSystem> file_systems(const FetchOptions& options) {
  std::vector<FileSystem> all;
  if (auto* state = file_system_of(all, options.state_folder)) {
    state->room -= std::min(state->room, kForState);
  }
  for (std::size_t i = 0; i < options.destinations.size(); ++i) {
    const auto& name = options.destinations[i];
    const bool is_path = name.is_path();
    if (!is_path || name.kind == DestinationKind::mbox) {
      auto* spool = file_system_of(all, options.state_folder);
      if (spool != nullptr) spool->spools = true;
    }
    if (!is_path) continue;
    auto* found = file_system_of(all, name.path);
    if (found == nullptr) continue;
    found->destinations |= static_cast<std::uint8_t>(1u << i);
  }
  return all;
}

// What a message takes there for good, and for a while.
std::uint64_t stays(const FileSystem& there, const PlannedMessage& message,
                    std::uint64_t octets) {
  std::uint64_t total = 0;
  for (unsigned mask = there.destinations & message.wanted; mask != 0;
       mask &= mask - 1) {
    total += octets + kPerFile;
  }
  return total;
}

// A message larger than the disk is a server that lies: it is seen when it
// comes.
std::uint64_t believed(const std::vector<FileSystem>& all,
                       std::uint64_t octets) {
  const bool lies = std::any_of(all.begin(), all.end(), [&](const auto& there) {
    return octets > there.whole;
  });
  return lies ? 0 : octets;
}

// Smaller ones wait in memory.
std::uint64_t spooled(std::uint64_t octets) {
  return octets > store::Spool::kInMemory ? octets : 0;
}

bool fits(std::vector<FileSystem>& all, const PlannedMessage& message,
          std::uint64_t octets) {
  bool everywhere = true;
  for (auto& there : all) {
    const auto waits =
        there.spools ? std::max(there.largest, spooled(octets)) : 0;
    const auto need = stays(there, message, octets);
    if (need <= there.room && waits <= there.room - need) continue;
    there.is_full = true;
    everywhere = false;
  }
  return everywhere;
}

}  // namespace

void fit_into_free_space(const FetchOptions& options,
                         const pop3::Maildrop& maildrop,
                         std::vector<PlannedMessage>& plan,
                         FetchReport& report) {
  if (options.headers_only) return;
  auto all = file_systems(options);
  std::uint64_t left_out = 0;
  std::uint64_t left_octets = 0;
  for (std::uint32_t number = 1; number <= plan.size(); ++number) {
    auto& message = plan[number - 1];
    if (message.action != FetchAction::fetch) continue;
    const auto octets = believed(all, maildrop.octets(number).value_or(0));
    if (fits(all, message, octets)) {
      for (auto& there : all) {
        there.room -= stays(there, message, octets);
        if (there.spools) {
          there.largest = std::max(there.largest, spooled(octets));
        }
      }
      continue;
    }
    message.action = FetchAction::keep;
    message.reason = PlanReason::no_room;
    ++left_out;
    left_octets += octets;
  }
  if (left_out == 0) return;
  std::string where;
  for (const auto& there : all) {
    if (!there.is_full) continue;
    where += (where.empty() ? "" : ", ") + printable(there.path);
  }
  const Error no_room{
      ErrorKind::local_io,
      std::to_string(left_out) + (left_out == 1 ? " message" : " messages") +
          " of " + std::to_string(left_octets) +
          " octets not fetched: no room on the disk of " + where};
  report.ended_by(at_server(no_room, options.url));
}

}  // namespace mailtool::app
