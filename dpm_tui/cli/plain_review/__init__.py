"""The review as plain lines of questions and answers: for screen readers, dumb terminals and pipes."""
