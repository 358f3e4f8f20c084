/* One record, and the rule by which every reader judges it: `accept` of eventstore/acceptance.cpp, rules 2 to 5 of the
   format document. Rule 1 (a bad header) and rule 6 (a newer format) leave a record out, or end the reading, whatever
   the others say; so they are left out here.

   Variants, to be refuted:
   -DNOFENCE     there are no fences: whatever chains to the head counts
   -DCHAINFENCE  a fence must chain to the head too                                                                   */
mtype = { fence, opened, commit };

typedef Record {
  mtype kind;
  byte epoch;
  byte writer;  /* one for each reign; never used again */
  byte seq;
  byte prev;    /* the id of the leaf before */
  byte id;      /* stands for the hash: what differs has another */
  byte cmd      /* the command whose outcome a commit is; 0: none */
};

typedef Folded {
  byte epoch;
  byte owner;
  bool open;
  byte next;
  byte head;
  bool fork
};

#ifndef AFTER
#define AFTER(seq) ((seq) + 1)
#endif

#ifdef CHAINFENCE
#define CHAINS(st, rec) (rec.prev == st.head)
#else
#define CHAINS(st, rec) true
#endif

#define FITS(st, rec) (rec.seq == st.next && rec.prev == st.head)

bool accepted;  /* what accept() answers; false between its uses */

inline take_leaf(st, rec) {
  st.open = true;
  st.next = AFTER(st.next);
  st.head = rec.id;
  accepted = true
}

#ifdef NOFENCE
inline accept(st, rec) {
  if
  :: rec.kind != fence && FITS(st, rec) ->
     take_leaf(st, rec);
     if
     :: rec.kind == opened -> st.owner = rec.writer
     :: else
     fi
  :: else
  fi
}
#else
inline accept(st, rec) {
  if
  :: rec.kind == fence ->
     if
     :: rec.epoch == st.epoch + 1 && CHAINS(st, rec) ->
        st.epoch = rec.epoch;
        st.owner = rec.writer;
        st.open = false;
        accepted = true
     :: rec.epoch > st.epoch + 1 -> st.fork = true                  /* an earlier fence was lost */
     :: else                                                    /* void */
     fi
  :: rec.kind != fence && rec.epoch < st.epoch                       /* void: an epoch that is over */
  :: rec.kind != fence && rec.epoch >= st.epoch ->
     if
     :: rec.epoch > st.epoch || st.epoch == 0 || rec.writer != st.owner -> st.fork = true
     :: else ->
        if
        :: !st.open && rec.kind == opened && FITS(st, rec) -> take_leaf(st, rec)
        :: !st.open && !(rec.kind == opened && FITS(st, rec)) -> st.fork = true
        :: st.open && rec.kind == commit && FITS(st, rec) -> take_leaf(st, rec)
        :: st.open && !(rec.kind == commit && FITS(st, rec))          /* void */
        fi
     fi
  fi
}
#endif
