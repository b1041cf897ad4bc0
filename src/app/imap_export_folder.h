/// \file
/// FolderExport: one mailbox, mirrored into its Maildir.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/fetch_progress.h"
#include "app/lf_sink.h"
#include "mailtool/client/imap_client.h"
#include "mailtool/store/mirror_maildir.h"
#include "mailtool/store/mirror_state.h"

namespace mailtool::app {

/// What all folders of a run share.
struct ExportContext {
  client::ImapClient& client;
  FetchProgress& progress;
  std::string directory;   ///< below which the Maildirs lie
  std::string owner;       ///< user@host
  bool condstore = false;  ///< the server offers it
  bool qresync = false;    ///< and has enabled this
  bool remove = false;     ///< here what has gone there
  bool dry_run = false;
};

/// What became of one mailbox; in a dry run, what would.
struct ExportCounts {
  std::uint64_t messages = 0;  ///< on the server
  std::uint64_t fetched = 0;
  std::uint64_t octets = 0;   ///< of these, as they came
  std::uint64_t changed = 0;  ///< flags
  std::uint64_t removed = 0;
  std::uint64_t gone = 0;    ///< from the server, and still here
  std::uint64_t failed = 0;  ///< that the server did not send
};

/// Each message is safe in its file before the state says that it is here; the
/// state says that it has gone before its file is removed.
class FolderExport : private client::SyncReceiver {
 public:
  /// `context` outlives it.
  FolderExport(ExportContext& context, const client::ListedMailbox& mailbox);
  ~FolderExport() override;

  /// Fails with bad_input where the UIDVALIDITY has changed, or the Maildir is
  /// another's: then nothing was touched. Other failures leave what was done.
  Result<void> run();
  [[nodiscard]] const ExportCounts& counts() const { return counts_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Messages or flags that were not sent, and the first reason the server gave.
  [[nodiscard]] std::optional<Error> not_sent() const;

 private:
  Result<void> opened(const client::SelectedMailbox& mailbox) override;
  Result<void> flags(std::uint32_t uid,
                     const std::vector<std::string>& flags) override;
  Result<void> vanished(const imap::SequenceSet& uids) override;
  [[nodiscard]] bool wanted(std::uint32_t uid) const override;
  Result<void> begin() override;
  Result<void> write(std::string_view octets) override;
  Result<void> end(const client::SyncedMessage& message) override;
  void discard() override;

  [[nodiscard]] Error another(std::string what) const;
  [[nodiscard]] Error changed(std::uint32_t now) const;
  [[nodiscard]] Result<void> went_back(std::uint32_t uidnext) const;
  [[nodiscard]] bool unchanged() const;
  /// The mailbox as the state names it, however this session encodes names.
  [[nodiscard]] std::string lasting_name() const;
  Result<void> glance();
  Result<void> open_state(std::uint32_t uidvalidity);
  Result<void> recognise(std::uint32_t uidvalidity);
  [[nodiscard]] client::SyncQuestion question();
  Result<void> ask();
  Result<void> list_again();
  Result<void> turn();
  Result<void> finish_bodies();
  [[nodiscard]] std::uint32_t below() const;
  [[nodiscard]] imap::SequenceSet known() const;
  [[nodiscard]] std::uint64_t live() const;
  [[nodiscard]] bool adds_up() const;
  void note_vanished();
  Result<void> reconcile();
  [[nodiscard]] bool is_whole(const imap::SequenceSet& uids) const;
  Result<imap::SequenceSet> list_uids();
  Result<imap::SequenceSet> revive(const imap::SequenceSet& there);
  Result<void> ask_again(const imap::SequenceSet& flags_of);
  Result<void> ask_flags_again();
  /// The server said no to a question; the session goes on.
  [[nodiscard]] static bool is_refusal(const Error& error);
  Result<void> apply_flags();
  Result<void> remove_gone();
  Result<void> settle_run();
  void count_gone();

  ExportContext& context_;
  client::ListedMailbox mailbox_;
  std::string path_;
  std::string state_path_;
  ExportCounts counts_;

  std::optional<store::MirrorState::Glance> known_before_;
  std::unique_ptr<store::MirrorState> state_;
  std::unique_ptr<store::MirrorMaildir> maildir_;
  bool was_there_ = false;  // a folder of files, with a state or without
  bool opened_ = false;
  bool listing_ = false;    // the flags of all messages were asked for

  // As the server opened it.
  std::uint64_t exists_ = 0;
  std::optional<std::uint32_t> uidnext_;
  std::uint64_t modseq_ = 0;

  std::optional<LfSink> lines_;  // of the message that comes
  std::uint64_t octets_ = 0;     // of it
  struct Arrived {
    std::uint32_t uid;
    std::string flags;
  };
  std::vector<Arrived> arrived_;  // since the last batch was sealed
  std::vector<Arrived> sealed_;

  std::unordered_map<std::uint32_t, std::string> changes_;  // flags, by UID
  std::vector<imap::Range> listed_;
  std::vector<imap::Range> vanished_;
  imap::SequenceSet missing_;
  std::optional<Error> refused_;
  client::SyncQuestion flags_question_;  // what was asked last about flags
  std::optional<Error> flags_refused_;   // and so they may be old here
};

}  // namespace mailtool::app
