#include "app/parse_input.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "app/file_source.h"
#include "app/mbox_splitter.h"
#include "app/sender_identity.h"
#include "mailtool/base/printable.h"
#include "mailtool/store/spool.h"

namespace mailtool::app {
namespace {

constexpr std::size_t kPiece = 64 * 1024;

class FileAccess : public RandomAccess {
 public:
  explicit FileAccess(int descriptor) : descriptor_(descriptor) {}

  Result<void> copy(std::uint64_t offset, std::uint64_t length,
                    Sink& to) const override {
    std::string piece(std::min<std::uint64_t>(length, kPiece), '\0');
    while (length > 0) {
      const auto count =
          ::pread(descriptor_, piece.data(),
                  std::min<std::uint64_t>(length, piece.size()),
                  static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        return Error{ErrorKind::local_io,
                     count < 0 ? std::strerror(errno)
                               : "the file became shorter while it was read"};
      }
      const auto octets = static_cast<std::size_t>(count);
      auto written = to.write(std::string_view(piece).substr(0, octets));
      if (!written) return written;
      offset += octets;
      length -= octets;
    }
    return {};
  }

 private:
  int descriptor_;
};

class SpoolAccess : public RandomAccess {
 public:
  explicit SpoolAccess(const store::Spool& spool) : spool_(spool) {}

  Result<void> copy(std::uint64_t offset, std::uint64_t length,
                    Sink& to) const override {
    return spool_.copy(offset, length, to);
  }

 private:
  const store::Spool& spool_;
};

bool is_regular(int descriptor) {
  struct stat status{};
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

void add_folder(const std::filesystem::path& folder,
                std::vector<std::string>& inputs) {
  std::error_code failed;
  std::vector<std::string> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder, failed)) {
    if (!entry.path().filename().string().starts_with('.')) {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  inputs.insert(inputs.end(), files.begin(), files.end());
}

bool is_maildir(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path + "/cur", ignored) &&
         std::filesystem::is_directory(path + "/new", ignored);
}

}  // namespace

std::string input_name(const std::string& path) {
  return path == "-" ? "stdin" : printable(path);
}

std::vector<std::string> expand_inputs(
    const std::vector<std::string>& arguments) {
  if (arguments.empty()) return {"-"};
  std::vector<std::string> inputs;
  for (const auto& argument : arguments) {
    if (is_maildir(argument)) {
      add_folder(argument + "/new", inputs);
      add_folder(argument + "/cur", inputs);
    } else {
      inputs.push_back(argument);
    }
  }
  return inputs;
}

Result<void> read_messages(const std::string& path, bool again,
                           std::uint64_t before, MessageConsumer& consumer) {
  auto source = FileSource::open(path);
  if (!source) return std::move(source).error();
  const bool in_place = is_regular(source->descriptor());
  const FileAccess file(source->descriptor());
  store::Spool spool(temporary_folder());
  const SpoolAccess spooled(spool);
  const RandomAccess* access = nullptr;
  if (again) {
    access = in_place ? static_cast<const RandomAccess*>(&file) : &spooled;
  }

  // A file that is stdin may have been read in part by whoever came before.
  const auto start = in_place ? source->position() : 0;
  MessagePlace place;
  place.source = input_name(path);
  MboxSplitter splitter({
      .begin =
          [&](std::uint64_t at) {
            place.offset = start + at;
            place.count = before + place.index;
            consumer.begin_message(place);
            ++place.index;
          },
      .octets = [&](std::string_view part) { (void)consumer.octets(part); },
      .end = [&] { return consumer.end_message(access); },
  });
  std::string piece(kPiece, '\0');
  std::uint64_t total = 0;
  for (;;) {
    const auto count = source->read_some({piece.data(), piece.size()});
    if (!count) return count.error();
    if (*count == 0) break;
    const auto octets = std::string_view(piece).substr(0, *count);
    if (again && !in_place) {
      if (auto kept = spool.write(octets); !kept) return kept;
    }
    if (auto split = splitter.feed(octets); !split) return split;
    total += *count;
  }
  if (total == 0) {
    return Error{ErrorKind::bad_input, "is empty, not a message"};
  }
  return splitter.finish();
}

}  // namespace mailtool::app
