#include "app/parse_extract.h"

#include <cerrno>
#include <cstring>
#include <optional>
#include <span>
#include <unistd.h>
#include <utility>

#include "app/attachment_name.h"
#include "app/body_pass.h"

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
    auto written = sink_.write(octets);
    if (written) return written;
    return std::move(written).error().at(step());
  }
  Result<void> finish() {
    if (::close(std::exchange(descriptor_, -1)) != 0) {
      return Error{ErrorKind::local_io, std::strerror(errno), step()};
    }
    whole_ = true;
    return {};
  }
  // Names the file by a view of this.
  [[nodiscard]] ExtractReport::Saved saved() {
    ExtractReport::Saved saved{name_, octets_, std::nullopt};
    if (digests_) saved.digest = digest_.finish();
    return saved;
  }

 private:
  [[nodiscard]] std::string step() const {
    return "cannot write " + folder_.shown(name_);
  }

  ExtractFolder& folder_;
  std::string name_;
  int descriptor_;
  DescriptorSink sink_;
  bool digests_;
  bool whole_ = false;
  std::uint64_t octets_ = 0;
  Sha256 digest_;
};

// Puts rows into the folder, one after the other.
class RowSaver {
 public:
  RowSaver(const ParsedMessage& message, ExtractFolder& folder,
           ExtractReport& report)
      : message_(message), folder_(folder), report_(report) {}

  Result<void> plan(const PartRow& row) {
    auto file = folder_.create(attachment_name(row));
    if (!file) return std::move(file).error();
    return report_.tell(message_, row, folder_,
                        {file->name, row.decoded_octets, row.decoded});
  }

  Result<Sink*> begin(const PartRow& row) {
    auto file = folder_.create(attachment_name(row));
    if (!file) return std::move(file).error();
    writer_.emplace(folder_, std::move(*file), report_.wants_digests());
    return &*writer_;
  }
  Sink& writer() { return *writer_; }
  Result<void> end(const PartRow& row) {
    auto written = writer_->finish();
    if (written) {
      written = report_.tell(message_, row, folder_, writer_->saved());
    }
    writer_.reset();
    return written;
  }

 private:
  const ParsedMessage& message_;
  ExtractFolder& folder_;
  ExtractReport& report_;
  std::optional<FileWriter> writer_;
};

// Files within one leaf, as a reader meets them: those of `rows` are saved.
class LeafFiles : public mime::TnefContents {
 public:
  using Rows = std::span<const PartRow* const>;
  LeafFiles(RowSaver& saver, Rows rows, std::size_t first_file)
      : saver_(saver), rows_(rows), next_file_(first_file) {}

  Result<void> begin_file(const mime::EmbeddedFile&) override {
    const auto file = next_file_++;
    const bool is_wanted = !rows_.empty() && *rows_.front()->file == file;
    open_.push_back(is_wanted ? rows_.front() : nullptr);
    if (!is_wanted) return {};
    rows_ = rows_.subspan(1);
    auto begun = saver_.begin(*open_.back());
    return begun ? Result<void>{} : std::move(begun).error();
  }
  Result<void> octets(std::string_view piece) override {
    return open_.back() == nullptr ? Result<void>{}
                                   : saver_.writer().write(piece);
  }
  Result<void> end_file(const mime::EmbeddedFile&,
                        const mime::EmbeddedEnd&) override {
    const auto* row = open_.back();
    open_.pop_back();
    return row == nullptr ? Result<void>{} : saver_.end(*row);
  }
  Result<void> message(const mime::TnefMessage&) override { return {}; }

 private:
  RowSaver& saver_;
  Rows rows_;
  std::size_t next_file_;
  std::vector<const PartRow*> open_;
};

// One leaf, read for the files in it.
class LeafReader : public mime::Filter {
 public:
  LeafReader(const ParsedMessage& message, RowSaver& saver,
             LeafFiles::Rows rows)
      : files_(saver, rows, first_file(message, *rows.front())) {
    const auto& structure = message.structure_of(rows.front()->level);
    if (is_tnef(structure, structure.parts[rows.front()->part])) {
      tnef_.emplace(files_);
    } else {
      scanner_.emplace(files_);
    }
  }
  Result<void> write(std::string_view octets) override {
    return tnef_ ? tnef_->write(octets) : scanner_->write(octets);
  }
  Result<void> finish() override {
    return tnef_ ? tnef_->finish() : scanner_->finish();
  }

 private:
  static std::size_t first_file(const ParsedMessage& message,
                                const PartRow& row) {
    const auto& files = message.levels[row.level].embedded;
    std::size_t first = *row.file;
    while (first > 0 && files[first - 1].part == row.part) --first;
    return first;
  }

  LeafFiles files_;
  std::optional<mime::TnefReader> tnef_;
  std::optional<mime::EmbeddedFileScanner> scanner_;
};

// Bodies, and the files in them: rows of one leaf are one body.
class Extraction : public BodyReceiver {
 public:
  Extraction(const ParsedMessage& message, RowSaver& saver,
             LeafFiles::Rows rows)
      : message_(message), saver_(saver), rows_(rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i > 0 && share_leaf(*rows[i - 1], *rows[i])) continue;
      bodies_.push_back(rows[i]);
      first_.push_back(i);
    }
    first_.push_back(rows.size());
  }

  Result<void> run() { return copy_bodies(message_, bodies_, true, *this); }

  Result<Sink*> begin_body(std::size_t index) override {
    if (!bodies_[index]->file) return saver_.begin(*bodies_[index]);
    const auto first = first_[index];
    leaf_.emplace(message_, saver_,
                  rows_.subspan(first, first_[index + 1] - first));
    return &*leaf_;
  }
  Result<void> end_body(std::size_t index) override {
    if (!bodies_[index]->file) return saver_.end(*bodies_[index]);
    auto read = leaf_->finish();
    leaf_.reset();
    return read;
  }

 private:
  static bool share_leaf(const PartRow& one, const PartRow& other) {
    return one.file && other.file && one.level == other.level &&
           one.part == other.part;
  }

  const ParsedMessage& message_;
  RowSaver& saver_;
  LeafFiles::Rows rows_;
  std::vector<const PartRow*> bodies_;
  std::vector<std::size_t> first_;  // of rows_, one a body and the end
  std::optional<LeafReader> leaf_;
};

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
  RowSaver saver(message, folder, report);
  std::vector<const PartRow*> wanted;
  wanted.reserve(which.size());
  for (const auto index : which) wanted.push_back(&rows[index]);
  if (!folder.dry_run()) return Extraction(message, saver, wanted).run();
  for (const auto* row : wanted) {
    if (auto planned = saver.plan(*row); !planned) return planned;
  }
  return {};
}

}  // namespace mailtool::app
