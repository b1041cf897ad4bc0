#include "app/parse_extract.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <unistd.h>
#include <utility>

#include "app/attachment_name.h"

namespace mailtool::app {
namespace {

// One file being written, counted and hashed on the way.
class FileWriter : public Sink {
 public:
  FileWriter(ExtractFolder& folder, ExtractFolder::NewFile file, bool digest)
      : folder_(folder),
        name_(std::move(file.name)),
        descriptor_(file.descriptor),
        sink_(file.descriptor),
        digests_(digest) {}
  ~FileWriter() override {
    if (descriptor_ >= 0) ::close(descriptor_);
    if (!whole_) folder_.remove(name_);
  }
  FileWriter(const FileWriter&) = delete;
  FileWriter& operator=(const FileWriter&) = delete;

  Result<void> write(std::string_view octets) override {
    octets_ += octets.size();
    if (digests_) digest_.update(octets);
    return sink_.write(octets);
  }
  Result<void> finish() {
    if (::close(std::exchange(descriptor_, -1)) != 0) {
      return Error{ErrorKind::local_io, std::strerror(errno)};
    }
    whole_ = true;
    return {};
  }
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] ExtractReport::Saved saved() {
    ExtractReport::Saved saved{name_, octets_, std::nullopt};
    if (digests_) saved.digest = digest_.finish();
    return saved;
  }

 private:
  ExtractFolder& folder_;
  std::string name_;
  int descriptor_;
  DescriptorSink sink_;
  bool digests_;
  bool whole_ = false;
  std::uint64_t octets_ = 0;
  Sha256 digest_;
};

class Extraction {
 public:
  Extraction(const ParsedMessage& message, const std::vector<PartRow>& rows,
             ExtractFolder& folder, ExtractReport& report)
      : message_(message), rows_(rows), folder_(folder), report_(report) {}

  Result<void> plan(const PartRow& row) {
    auto file = folder_.create(attachment_name(row));
    if (!file) return std::move(file).error();
    return report_.tell(message_, row, folder_,
                        {file->name, row.decoded_octets, row.decoded});
  }

  Result<void> begin(const PartRow& row) {
    auto file = folder_.create(attachment_name(row));
    if (!file) return std::move(file).error();
    writer_.emplace(folder_, std::move(*file), report_.wants_digests());
    return {};
  }
  Sink& writer() { return *writer_; }
  Result<void> end(const PartRow& row, Result<void> copied) {
    if (copied) copied = writer_->finish();
    if (!copied) {
      const auto shown = folder_.shown(writer_->name());
      writer_.reset();
      return std::move(copied).error().at("cannot write " + shown);
    }
    const auto name = writer_->name();
    auto saved = writer_->saved();
    saved.name = name;
    writer_.reset();
    return report_.tell(message_, row, folder_, saved);
  }

  Result<void> save(const PartRow& row) {
    if (auto begun = begin(row); !begun) return begun;
    return end(row, copy_decoded(message_, row, *writer_));
  }
  Result<void> save_files(std::span<const std::size_t> which);

  [[nodiscard]] const PartRow& row(std::size_t index) const {
    return rows_[index];
  }

 private:
  const ParsedMessage& message_;
  const std::vector<PartRow>& rows_;
  ExtractFolder& folder_;
  ExtractReport& report_;
  std::optional<FileWriter> writer_;
};

// Files within one leaf, as a reader meets them: those of `which` are saved.
class LeafFiles : public mime::TnefContents {
 public:
  LeafFiles(Extraction& extraction, std::span<const std::size_t> which,
            std::size_t first_file)
      : extraction_(extraction), which_(which), next_file_(first_file) {}

  Result<void> begin_file(const mime::EmbeddedFile&) override {
    const auto file = next_file_++;
    const auto* wanted =
        which_.empty() ? nullptr : &extraction_.row(which_.front());
    const bool is_wanted = wanted != nullptr && *wanted->file == file;
    open_.push_back(is_wanted ? wanted : nullptr);
    if (!is_wanted) return {};
    which_ = which_.subspan(1);
    return extraction_.begin(*wanted);
  }
  Result<void> octets(std::string_view piece) override {
    if (open_.back() == nullptr) return {};
    failed_ = extraction_.writer().write(piece);
    return failed_;
  }
  Result<void> end_file(const mime::EmbeddedFile&,
                        const mime::EmbeddedEnd&) override {
    const auto* row = open_.back();
    open_.pop_back();
    return row == nullptr ? Result<void>{} : extraction_.end(*row, {});
  }
  Result<void> message(const mime::TnefMessage&) override { return {}; }

  // What stopped the reader, with the name of the file that was open.
  Result<void> settle(Result<void> read) {
    if (read || failed_ || open_.empty() || open_.back() == nullptr) return read;
    return extraction_.end(*open_.back(), std::move(read));
  }

 private:
  Extraction& extraction_;
  std::span<const std::size_t> which_;
  std::size_t next_file_;
  std::vector<const PartRow*> open_;
  Result<void> failed_;
};

Result<void> Extraction::save_files(std::span<const std::size_t> which) {
  const auto& first = row(which.front());
  // The leaf itself: the same row without the file.
  PartRow leaf;
  leaf.level = first.level;
  leaf.part = first.part;
  const auto& structure = message_.structure_of(leaf.level);
  const auto& files = message_.levels[leaf.level].embedded;
  std::size_t first_file = *first.file;
  while (first_file > 0 && files[first_file - 1].part == leaf.part) --first_file;
  LeafFiles wanted(*this, which, first_file);
  const auto read_by = [&](auto reader) {
    auto read = copy_decoded(message_, leaf, reader);
    return read ? reader.finish() : read;
  };
  if (is_tnef(structure, structure.parts[leaf.part])) {
    return wanted.settle(read_by(mime::TnefReader(wanted)));
  }
  return wanted.settle(read_by(mime::EmbeddedFileScanner(wanted)));
}

}  // namespace

Result<void> ExtractReport::tell(const ParsedMessage& message,
                                 const PartRow& row,
                                 const ExtractFolder& folder,
                                 const Saved& saved) {
  if (json_ == nullptr) {
    return out_.write((folder.dry_run() ? "would write " : "") +
                      folder.shown(saved.name) + "\n");
  }
  json_->begin_object().field("type", "file");
  json_->field("source", message.place.source);
  json_->field("index", message.place.index).field("part", row.id);
  json_->field("name", row.name.empty() ? std::nullopt : std::optional(row.name));
  json_->field("media_type", row.type);
  json_->field("path", folder.path_of(saved.name));
  json_->field("written", !folder.dry_run());
  json_->field("size", saved.octets);
  json_->field("sha256", saved.digest ? std::optional(hex(*saved.digest))
                                      : std::nullopt);
  json_->end_object();
  return json_->end_line();
}

Result<void> extract_rows(const ParsedMessage& message,
                          const std::vector<PartRow>& rows,
                          const std::vector<std::size_t>& which,
                          ExtractFolder& folder, ExtractReport& report) {
  Extraction extraction(message, rows, folder, report);
  std::span<const std::size_t> rest(which);
  while (!rest.empty()) {
    const auto& row = rows[rest.front()];
    std::size_t count = 1;
    if (row.file && !folder.dry_run()) {
      const auto stands_beside = [&](const PartRow& other) {
        return other.file && other.level == row.level && other.part == row.part;
      };
      while (count < rest.size() && stands_beside(rows[rest[count]])) ++count;
    }
    auto saved = folder.dry_run() ? extraction.plan(row)
                 : row.file      ? extraction.save_files(rest.first(count))
                                 : extraction.save(row);
    if (!saved) return saved;
    rest = rest.subspan(count);
  }
  return {};
}

}  // namespace mailtool::app
