#include "mailtool/store/record_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <utility>

#include "mailtool/base/ascii.h"
#include "mailtool/store/folder.h"
#include "store/system.h"

namespace mailtool::store {
namespace {

std::string file_of(const std::string& folder, std::uint64_t number) {
  return folder + "/" + std::to_string(number);
}

// Keeps the number of a record that is gone from being given again.
std::string mark_of(const std::string& folder, std::uint64_t number) {
  return file_of(folder, number) + ".gone";
}

// Of ours: digits, as to_string() writes them. What was begun and is no record
// yet has another name.
std::optional<std::uint64_t> number_of(const std::string& name) {
  const auto number = parse_number(name, UINT64_MAX - 1);
  if (!number || std::to_string(*number) != name) return std::nullopt;
  return number;
}

}  // namespace

OpenRecord::OpenRecord(OpenRecord&& other) noexcept
    : folder_(std::move(other.folder_)),
      number_(other.number_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

OpenRecord::~OpenRecord() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> OpenRecord::append(std::string_view lines) {
  const auto path = file_of(folder_, number_);
  if (!sys_write_all(descriptor_, lines)) {
    return system_error("write", path, errno);
  }
  if (sys_fdatasync(descriptor_) != 0) {
    return system_error("sync", path, errno);
  }
  return {};
}

void OpenRecord::discard() {
  Descriptor mark(sys_open(AT_FDCWD, mark_of(folder_, number_).c_str(),
                           O_WRONLY | O_CREAT | O_NOFOLLOW, 0600));
  (void)sys_unlink(AT_FDCWD, file_of(folder_, number_).c_str());
  (void)sync_directory(folder_);
}

namespace {

// Numbers newest first: of the records that are there, and of those that are
// gone where no newer record tells that they were given.
struct Names {
  std::vector<std::uint64_t> records;
  std::vector<std::uint64_t> gone;

  [[nodiscard]] std::uint64_t next() const {
    const auto newest = [](const std::vector<std::uint64_t>& numbers) {
      return numbers.empty() ? 0 : numbers.front();
    };
    return std::max(newest(records), newest(gone)) + 1;
  }
};

Result<Names> names_in(const std::string& path) {
  namespace fs = std::filesystem;
  constexpr std::string_view kGone = ".gone";
  Names names;
  std::error_code failed;
  fs::directory_iterator entry(path, failed);
  for (const fs::directory_iterator end; !failed && entry != end;
       entry.increment(failed)) {
    auto name = entry->path().filename().string();
    const bool gone = name.ends_with(kGone);
    if (gone) name.resize(name.size() - kGone.size());
    const auto number = number_of(name);
    if (number) (gone ? names.gone : names.records).push_back(*number);
  }
  if (failed && failed != std::errc::no_such_file_or_directory) {
    return system_error("read", path, failed.value());
  }
  std::sort(names.records.begin(), names.records.end(), std::greater<>());
  std::sort(names.gone.begin(), names.gone.end(), std::greater<>());
  return names;
}

}  // namespace

Result<OpenRecord> RecordFolder::begin(std::string_view lines,
                                       std::size_t keep) {
  if (auto made = create_folder(path_); !made) return std::move(made).error();
  const auto before = names_in(path_);
  if (!before) return before.error();
  auto number = before->next();
  // Another process may take the number first.
  for (int tries = 0; tries < 1000; ++tries, ++number) {
    const auto path = file_of(path_, number);
    Descriptor file(sys_open(AT_FDCWD, path.c_str(),
                             O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW,
                             0600));
    if (!file.valid()) {
      if (errno == EEXIST) continue;
      return system_error("create", path, errno, ErrorKind::cannot_create);
    }
    const bool locked = ::flock(file.get(), LOCK_EX | LOCK_NB) == 0;
    const int why = errno;
    OpenRecord record(path_, number, file.release());
    auto written = locked ? record.append(lines)
                          : Result<void>(system_error("lock", path, why));
    if (written) written = sync_directory(path_);
    if (!written) {
      record.discard();
      return std::move(written).error();
    }
    for (std::size_t i = keep - 1; i < before->records.size(); ++i) {
      (void)sys_unlink(AT_FDCWD, file_of(path_, before->records[i]).c_str());
    }
    for (const auto gone : before->gone) {
      (void)sys_unlink(AT_FDCWD, mark_of(path_, gone).c_str());
    }
    return record;
  }
  return Error{ErrorKind::cannot_create, "too many others write records too",
               path_};
}

Result<std::vector<std::uint64_t>> RecordFolder::numbers() const {
  auto names = names_in(path_);
  if (!names) return std::move(names).error();
  return std::move(names->records);
}

Result<OpenRecord> RecordFolder::lock(std::uint64_t number) const {
  const auto path = file_of(path_, number);
  auto file = open_regular("open", path, O_RDWR | O_APPEND);
  if (!file) return std::move(file).error();
  if (!file->valid()) {
    return Error{ErrorKind::no_input, "no such record", path};
  }
  if (::flock(file->get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error("lock", path, errno);
    return Error{ErrorKind::busy, "another run is at it", path};
  }
  // Whoever held it before may have removed it.
  struct stat status {};
  if (::fstat(file->get(), &status) != 0 || status.st_nlink == 0) {
    return Error{ErrorKind::no_input, "no such record", path};
  }
  return OpenRecord(path_, number, file->release());
}

Result<std::string> RecordFolder::read(std::uint64_t number) const {
  const auto path = file_of(path_, number);
  auto file = open_regular("open", path, O_RDONLY);
  if (!file) return std::move(file).error();
  if (!file->valid()) {
    return Error{ErrorKind::no_input, "no such record", path};
  }
  std::string text;
  char buffer[64 * 1024];
  while (true) {
    const auto count = ::read(file->get(), buffer, sizeof buffer);
    if (count == 0) return text;
    if (count < 0) {
      if (errno == EINTR) continue;
      return system_error("read", path, errno);
    }
    text.append(buffer, static_cast<std::size_t>(count));
    if (text.size() > kMaxOctets) {
      return Error{ErrorKind::config, "longer than 64M", path};
    }
  }
}

}  // namespace mailtool::store
