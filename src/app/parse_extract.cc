#include "app/parse_extract.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/parse_text.h"
#include "app/safe_name.h"
#include "mailtool/base/printable.h"

namespace mailtool::app {
namespace {

constexpr int kMostOfOneName = 10'000;

struct Extension {
  std::string_view type;
  std::string_view extension;
};

// For parts that have no name of their own.
constexpr Extension kExtensions[] = {
    {"application/pdf", ".pdf"}, {"image/jpeg", ".jpg"},
    {"image/png", ".png"},       {"image/gif", ".gif"},
    {"text/html", ".html"},      {"text/calendar", ".ics"},
    {"application/zip", ".zip"}, {"message/rfc822", ".eml"},
    {"text/plain", ".txt"},      {"application/json", ".json"}};

std::string fallback_name(const mime::Structure& structure,
                          std::uint32_t index) {
  std::string name = "part-" + structure.id(index);
  const auto type = structure.type(structure.parts[index]);
  for (const auto& row : kExtensions) {
    if (type == row.type) return name + std::string(row.extension);
  }
  return name + ".bin";
}

// What there is to save: an attached message whole, and nothing inside it.
std::vector<std::uint32_t> attachments(const mime::Structure& structure) {
  const auto& parts = structure.parts;
  std::vector<std::uint32_t> found;
  std::vector<bool> inside(parts.size(), false);  // of an attached message
  for (std::uint32_t i = 0; i < parts.size(); ++i) {
    const auto parent = parts[i].parent;
    if (parent != mime::kNoPart) {
      inside[i] = inside[parent] || parts[parent].is_message;
    }
    if (!inside[i] && is_attachment(structure, i)) found.push_back(i);
  }
  return found;
}

class DescriptorSink : public Sink {
 public:
  explicit DescriptorSink(int descriptor) : descriptor_(descriptor) {}
  Result<void> write(std::string_view octets) override {
    while (!octets.empty()) {
      const auto written = ::write(descriptor_, octets.data(), octets.size());
      if (written >= 0) {
        octets.remove_prefix(static_cast<std::size_t>(written));
      } else if (errno != EINTR) {
        return Error{ErrorKind::local_io, std::strerror(errno)};
      }
    }
    return {};
  }

 private:
  int descriptor_;
};

}  // namespace

Result<ExtractFolder> ExtractFolder::open(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) {
    return Error{ErrorKind::cannot_create, std::strerror(errno),
                 "cannot create the folder " + printable(path)};
  }
  const int descriptor =
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return Error{ErrorKind::cannot_create, std::strerror(errno),
                 "cannot use the folder " + printable(path)};
  }
  return ExtractFolder(descriptor, path);
}

ExtractFolder::ExtractFolder(ExtractFolder&& other) noexcept
    : descriptor_(other.descriptor_), path_(std::move(other.path_)) {
  other.descriptor_ = -1;
}

ExtractFolder::~ExtractFolder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<ExtractFolder::NewFile> ExtractFolder::create(const std::string& wanted) {
  for (int number = 1; number <= kMostOfOneName; ++number) {
    const auto name = number == 1 ? wanted : numbered_name(wanted, number);
    const int file =
        ::openat(descriptor_, name.c_str(),
                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (file >= 0) return NewFile{file, name};
    if (errno == EEXIST) continue;
    return Error{ErrorKind::cannot_create, std::strerror(errno),
                 "cannot create " + printable(path_ + "/" + name)};
  }
  return Error{ErrorKind::cannot_create, "there are too many of that name",
               "cannot create " + printable(path_ + "/" + wanted)};
}

Result<std::string> ExtractFolder::save(const ParsedMessage& message,
                                        std::uint32_t index) {
  const auto& structure = message.structure;
  const auto& part = structure.parts[index];
  auto file = create(safe_name(structure.file_name(part),
                               fallback_name(structure, index)));
  if (!file) return std::move(file).error();
  DescriptorSink sink(file->descriptor);
  auto copied = copy_decoded(message, part, sink);
  if (::close(file->descriptor) != 0 && copied) {
    copied = Error{ErrorKind::local_io, std::strerror(errno)};
  }
  const auto shown = path_ + "/" + file->name;
  if (!copied) {
    ::unlinkat(descriptor_, file->name.c_str(), 0);
    return std::move(copied).error().at("cannot write " + printable(shown));
  }
  return shown;
}

Result<void> ExtractFolder::extract(const ParsedMessage& message, Sink& out) {
  for (const auto index : attachments(message.structure)) {
    auto saved = save(message, index);
    if (!saved) return std::move(saved).error();
    auto told = out.write(printable(*saved, saved->size()) + "\n");
    if (!told) return told;
  }
  return {};
}

Result<void> write_extract_plan(const ParsedMessage& message,
                                const std::string& folder, Sink& out) {
  for (const auto index : attachments(message.structure)) {
    const auto& structure = message.structure;
    const auto& part = structure.parts[index];
    const auto path =
        folder + "/" + safe_name(structure.file_name(part),
                                 fallback_name(structure, index));
    auto told = out.write("would write " + printable(path, path.size()) + "\n");
    if (!told) return told;
  }
  return {};
}

}  // namespace mailtool::app
