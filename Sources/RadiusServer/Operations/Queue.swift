/// First in, first out, in constant time: an array whose front is given back in pieces.
struct Queue<Element> {
    private var elements: [Element] = []
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { head == elements.count }
    var first: Element? { head < elements.count ? elements[head] : nil }

    mutating func append(_ element: Element) { elements.append(element) }

    mutating func append(contentsOf newElements: some Sequence<Element>) { elements.append(contentsOf: newElements) }

    /// Does nothing when there is no first element.
    mutating func removeFirst() {
        guard head < elements.count else { return }
        head += 1
        // Half of the array is spent: move the rest down. Each element is moved once on the average.
        if head * 2 >= elements.count, head > 64 || head == elements.count {
            elements.removeFirst(head)
            head = 0
        }
    }

    mutating func takeFirst() -> Element? {
        guard let element = first else { return nil }
        removeFirst()
        return element
    }
}
