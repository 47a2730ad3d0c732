extension Int {
    /// Division that rounds towards minus infinity, so that days before 1970 count right.
    package func quotientRoundingDown(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
